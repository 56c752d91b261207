// The passes over a fixture: survey, directory, verify and emit, and the programs'
// rules.
#include "compile_stage.h"
#include "directory.h"
#include "verify.h"

#include <string.h>

#define TABLE                                                                          \
    "table_name: messages\nattribute_definitions: {pk: S, sk: S}\n"                    \
    "key_schema: {hash: pk, range: sk}\nbilling_mode: PAY_PER_REQUEST\nentities:\n"
#define MESSAGE(more)                                                                  \
    "  message: {for_each: message, attributes: {pk: \"M#${conversation.uuid}\", sk: " \
    "\"${message.created_at}\"" more "}}\n"
#define HEADER(name)                                                                   \
    "---\nconversation: " name "\nparticipants: {A: a, B: b}\n"                        \
    "starts_at: 2023-03-19T12:00:00Z\n---\n"
#define X_UUID "e80f008d-e3ac-5a27-b19d-6b9cc9bb4210"
#define T(s) str_from(s)

static void expect_items(struct run *run, const char *const *items, size_t count)
{
    assert_int_equal(run->item_count, count);
    assert_int_equal(run->unit.item_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_text(run->items[i].json, items[i]);
    }
}

static void test_everything(void **state)
{
    static const char *const items[] = {
        "{\"Item\":{\"pk\":{\"S\":\"G#u-a\"},\"sk\":{\"S\":\"2023-03-19T12:01:00."
        "000000+00:00\"},"
        "\"text\":{\"S\":\"B: "
        "\\\"yo\\\"\"},\"who\":{\"S\":\"B\xc3\xa9\"},\"n\":{\"N\":\"2\"}}}",
        "{\"Item\":{\"pk\":{\"S\":\"G#u-b\"},\"sk\":{\"S\":\"2023-03-19T12:01:00."
        "000000+00:00\"},"
        "\"text\":{\"S\":\"B: \\\"yo\\\"\"},\"who\":{\"S\":\"Ann "
        "\\\"A\\\"\"},\"n\":{\"N\":\"2\"}}}",
        "{\"Item\":{\"pk\":{\"S\":\"C#x\"},\"sk\":{\"S\":\"v\"},\"m\":{\"M\":{\"l\":{"
        "\"L\":["
        "{\"S\":\"A-B\"},{\"NULL\":true}]}}}}}",
        "{\"Item\":{\"pk\":{\"S\":\"M#" X_UUID
        "\"},\"sk\":{\"S\":\"2023-03-19T12:00:00.000000"
        "+00:00\"},\"i\":{\"N\":\"0\"},\"d\":{\"S\":\"a: hi $\"}}}",
        "{\"Item\":{\"pk\":{\"S\":\"M#" X_UUID
        "\"},\"sk\":{\"S\":\"2023-03-19T12:01:00.000000"
        "+00:00\"},\"i\":{\"N\":\"1\"},\"d\":{\"S\":\"b: B: \\\"yo\\\"\"}}}",
    };
    static const uint32_t lines[] = {2, 2, 2, 6, 8};
    struct run run;
    (void)state;

    assert_true(run_build(
        &run,
        TABLE
        "  group: {for_each: participant, attributes: {pk: \"G#${self.uuid}\", sk: "
        "\"${conversation.last_message.created_at}\", text: "
        "\"${conversation.last_message.text}\", who: \"${other.display_name}\", n: "
        "\"${conversation.message_count}\"}}\n"
        "  message: {for_each: message, attributes: {pk: \"M#${conversation.uuid}\", "
        "sk: \"${message.created_at}\", i: \"${message.index}\", "
        "d: \"${sender.handle}: ${message.text}\"}}\n"
        "  conv: {for_each: conversation, attributes: {pk: \"C#${conversation.name}\", "
        "sk: v, m: {l: [\"${conversation.first_message.label}-"
        "${conversation.last_message.label}\", ~]}}}\n",
        T(HEADER("x") "A: hi $\n\nB: B: \"yo\"\n")));
    assert_clean(&run.stage);
    expect_items(&run, items, COUNT_OF(items));
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(run.items[i].line, lines[i]);
    }
    assert_int_equal(run.batch_count, 1);
    run_deinit(&run);
}

// For each conversation: its own items in the definition's order, then message by
// message with every message entity.
static void test_order(void **state)
{
    static const char *const order[] = {"c1",   "p-a",  "p-b",  "c2",  "m1-0",
                                        "m2-0", "m1-1", "m2-1", "c1",  "p-a",
                                        "p-b",  "c2",   "m1-0", "m2-0"};
    struct run run;
    (void)state;

    assert_true(run_build(
        &run,
        TABLE "  m1: {for_each: message, attributes: {pk: \"m1-${message.index}\", sk: "
              "\"${conversation.uuid}\"}}\n"
              "  c1: {for_each: conversation, attributes: {pk: c1, sk: "
              "\"${conversation.uuid}\"}}\n"
              "  p: {for_each: participant, attributes: {pk: \"p-${self.handle}\", sk: "
              "\"${conversation.uuid}\"}}\n"
              "  m2: {for_each: message, attributes: {pk: \"m2-${message.index}\", sk: "
              "\"${conversation.uuid}\"}}\n"
              "  c2: {for_each: conversation, attributes: {pk: c2, sk: "
              "\"${conversation.uuid}\"}}\n",
        T(HEADER("x") "A: hi\nB: yo\n" HEADER("z") "B: bye\n")));
    assert_int_equal(run.item_count, COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        struct str head = STR("{\"Item\":{\"pk\":{\"S\":\"");
        struct str json = str_skip(run.items[i].json, head.len);
        assert_text(((struct str){json.at, str_find_char(json, '"')}), order[i]);
    }
    run_deinit(&run);
}

static void test_message_uuids(void **state)
{
    struct run run;
    struct buf text;
    struct uuid conversation;
    (void)state;

    buf_init(&text, 1 << 16);
    buf_puts(&text, HEADER("5ae290ed-55d1-47a0-bc6d-fe2bc2700399"));
    for (int i = 0; i < 120; i++) {
        buf_puts(&text, i % 3 == 0 ? "B: x\n" : "A: x\n");
    }
    assert_true(run_build(
        &run,
        TABLE "  m: {for_each: message, attributes: {pk: \"${message.uuid}\", "
              "sk: x}}\n",
        buf_str(&text)));
    assert_int_equal(run.item_count, 120);
    assert_true(uuid_parse(&conversation, STR("5ae290ed-55d1-47a0-bc6d-fe2bc2700399")));
    for (size_t i = 0; i < run.item_count; i++) {
        char uuid_text[UUID_TEXT_LEN];
        struct buf name;
        buf_init(&name, 100);
        buf_uint(&name, i);
        struct uuid uuid = uuid_v5(&conversation, buf_str(&name));
        uuid_format(&uuid, uuid_text);
        buf_reset(&name);
        buf_printf(&name, "{\"Item\":{\"pk\":{\"S\":\"%.36s\"}", uuid_text);
        assert_true(str_starts(run.items[i].json, buf_str(&name)));
        buf_deinit(&name);
    }
    buf_deinit(&text);
    run_deinit(&run);
}

static void test_batches_of_25(void **state)
{
    static const size_t counts[] = {1, 24, 25, 26, 50, 51, 60};
    (void)state;

    for (size_t c = 0; c < COUNT_OF(counts); c++) {
        struct run run;
        struct buf text;
        buf_init(&text, 1 << 16);
        buf_puts(&text, HEADER("x"));
        for (size_t i = 0; i < counts[c]; i++) {
            buf_puts(&text, "A: hi\n");
        }
        assert_true(run_build(&run, TABLE MESSAGE(""), buf_str(&text)));
        assert_int_equal(run.item_count, counts[c]);
        assert_int_equal(run.batch_count, (counts[c] + 24) / 25);
        for (size_t i = 0; i < run.item_count; i++) {
            assert_int_equal(run.items[i].batch, i / 25);
            assert_int_equal(run.items[i].line, 6 + i);
        }
        buf_deinit(&text);
        run_deinit(&run);
    }
}

static void put_many(struct buf *out, char c, size_t count)
{
    char *to = buf_reserve(out, count);
    assert_non_null(to);
    memset(to, c, count);
    out->len += count;
}

// A batch is closed before it grows past its target, but a single item may.
static void test_batch_bytes(void **state)
{
    struct run run;
    struct buf text;
    (void)state;

    buf_init(&text, (size_t)8 << 20);
    buf_puts(&text, HEADER("x"));
    for (int i = 0; i < 4; i++) {
        buf_puts(&text, "A: ");
        put_many(&text, 'x', 400000);
        buf_puts(&text, "\n");
    }
    buf_puts(&text, "A: ");
    put_many(&text, '"', 400000);
    buf_puts(&text, "\nA: end\n");
    assert_true(
        run_build(&run, TABLE MESSAGE(", t: \"${message.text}\""), buf_str(&text)));
    assert_int_equal(run.item_count, 6);
    assert_int_equal(run.items[1].batch, run.items[0].batch); // two fit
    assert_true(run.widest_batch <= BATCH_TARGET_BYTES);
    buf_deinit(&text);
    run_deinit(&run);

    // One larger than the target travels alone.
    buf_init(&text, (size_t)8 << 20);
    buf_puts(&text, HEADER("x") "A: ");
    struct str bell = STR("\xe2\x80\xae"); // 3 bytes, 6 on the wire
    for (int i = 0; i < 130000; i++) {
        buf_put(&text, bell);
    }
    buf_puts(&text, "\nA: ");
    put_many(&text, '"', 400000);
    buf_puts(&text, "\nA: end\n");
    assert_true(
        run_build(
            &run,
            TABLE MESSAGE(", t: \"${message.text}\", u: \"${conversation.vars.e}\""),
            buf_str(&text)) == false); // no variable: nothing is emitted
    assert_int_equal(stage_count(&run.stage, DIAG_VARS_MISSING), 1);
    run_deinit(&run);
    buf_deinit(&text);
}

static void test_sink_refuses(void **state)
{
    struct run run;
    struct buf text;
    (void)state;

    buf_init(&text, 1 << 16);
    buf_puts(&text, HEADER("x"));
    for (int i = 0; i < 60; i++) {
        buf_puts(&text, "A: hi\n");
    }
    assert_true(run_check(&run, TABLE MESSAGE(""), buf_str(&text)));
    run.refuse_batch = 1;
    assert_false(run_emit(&run));
    assert_int_equal(run.item_count, 25);
    assert_clean(&run.stage); // the sink has said why
    buf_deinit(&text);
    run_deinit(&run);
}

static void test_when(void **state)
{
    struct run run;
    (void)state;

    assert_true(run_build(
        &run,
        TABLE
        "  two: {for_each: participant, when: \"${conversation.participant_count} == "
        "2\", "
        "attributes: {pk: \"2#${self.handle}\", sk: \"${other.handle}\"}}\n"
        "  only_a: {for_each: message, when: \"${sender.handle} == 'a'\", attributes: "
        "{pk: "
        "\"A#${conversation.uuid}\", sk: \"${message.created_at}\"}}\n"
        "  busy: {for_each: message, when: \"${conversation.message_count} > 2\", "
        "attributes: {pk: \"B#${conversation.uuid}\", sk: "
        "\"${message.created_at}\"}}\n",
        T(HEADER("x") "A: 1\nB: 2\n"
                      "---\nconversation: zz\nparticipants: {A: a, B: b, C: "
                      "c}\nstarts_at: now\n"
                      "---\nA: 1\nC: 2\nB: 3\n")));
    // x: two participants, one message of a; zz: one message of a, three busy ones
    assert_int_equal(run.item_count, 2 + 1 + 1 + 3);
    assert_int_equal(run.unit.item_count, run.item_count);
    run_deinit(&run);
}

// ${other} in a condition is read before anything says how many participants there are.
static void test_other_in_when(void **state)
{
    static const char *const participants[] = {"{A: a}", "{A: a, B: b, C: c}"};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(participants); i++) {
        struct run run;
        struct buf text;
        buf_init(&text, 4096);
        buf_printf(
            &text,
            "---\nconversation: x\nparticipants: %s\nstarts_at: now\n---\nA: hi\n",
            participants[i]);
        assert_false(run_check(
            &run,
            TABLE "  g: {for_each: participant, when: \"${other.handle} == b\", "
                  "attributes: {pk: \"${self.handle}\", sk: x}}\n",
            buf_str(&text)));
        assert_only_diag(&run.stage, DIAG_OTHER_PARTICIPANT, 2, 14);
        run_deinit(&run);
        buf_deinit(&text);
    }
}

static void test_other_participant(void **state)
{
    struct run run;
    (void)state;

    assert_false(run_check(
        &run,
        TABLE "  g: {for_each: participant, attributes: {pk: \"${self.handle}\", "
              "sk: \"${other.label}\"}}\n",
        T("---\nconversation: x\nparticipants: {A: a, B: b, C: c}\n"
          "starts_at: now\n---\nA: hi\n")));
    assert_only_diag(&run.stage, DIAG_OTHER_PARTICIPANT, 2, 14);
    run_deinit(&run);
}

// Mistakes of entities, at their place in the definition (entities begin on line 6).
static void test_program_mistakes(void **state)
{
    static const struct {
        const char *entity;
        enum diag_code code;
        uint32_t column;
    } rows[] = {
        {"  m: {for_each: message, attributes: {pk: x}}\n", DIAG_ENTITY_KEY, 39},
        {"  m: {for_each: message, attributes: {pk: 5, sk: x}}\n", DIAG_KEY_TYPE, 42},
        {"  m: {for_each: message, attributes: {pk: [x], sk: x}}\n", DIAG_KEY_TYPE, 42},
        {"  m: {for_each: message, attributes: {pk: \"${message.index}\", sk: x}}\n",
         DIAG_KEY_TYPE, 42},
        {"  m: {for_each: message, attributes: {pk: \"\", sk: x}}\n", DIAG_KEY_EMPTY,
         42},
        {"  m: {for_each: message, attributes: {pk: x, sk: \"${self.uuid}\"}}\n",
         DIAG_EXPRESSION_PATH, 52},
        {"  m: {for_each: message, attributes: {pk: x, sk: [{t: \"${nope}\"}]}}\n",
         DIAG_EXPRESSION_PATH, 57},
        {"  m: {for_each: message, when: \"${self.uuid} == x\", attributes: {pk: x, "
         "sk: x}}\n",
         DIAG_EXPRESSION_PATH, 31},
        {"  m: {for_each: message, when: x, attributes: {pk: x, sk: x}}\n",
         DIAG_ENTITY_WHEN, 31},
        {"  m: {for_each: message, attributes: {pk: \"${env.X}\", sk: x}}\n",
         DIAG_ENV_NOT_ALLOWED, 45},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run run;
        struct buf text;
        buf_init(&text, 4096);
        buf_puts(&text, TABLE);
        buf_puts(&text, rows[i].entity);
        print_message("%s", rows[i].entity);
        assert_false(run_define(&run, buf_cstr(&text)));
        assert_diags(&run.stage, 1);
        assert_int_equal(run.stage.diags.kept[0].code, rows[i].code);
        assert_int_equal(run.stage.diags.kept[0].span.line, 6);
        if (rows[i].code != DIAG_ENTITY_KEY && rows[i].code != DIAG_EXPRESSION_PATH) {
            assert_int_equal(run.stage.diags.kept[0].span.column, rows[i].column);
        }
        run_deinit(&run);
        buf_deinit(&text);
    }
}

// B050, B051: constant, from a template, and from a message's own text; B052: indexes.
static void test_key_sizes(void **state)
{
    static const struct {
        const char *format; // %s is the key's value
        size_t fixed;       // bytes of the key beside the text
        size_t max;
        bool constant;
    } rows[] = {
        {TABLE
         "  m: {for_each: message, attributes: {pk: %s, sk: \"${message.uuid}\"}}\n",
         0, 2048, true},
        {TABLE
         "  m: {for_each: message, attributes: {pk: \"${message.uuid}\", sk: %s}}\n",
         0, 1024, true},
        {TABLE "  m: {for_each: message, attributes: {pk: \"P#${message.text}\", sk: "
               "\"${message.uuid}\"}}\n",
         2, 2048, false},
        {TABLE "  m: {for_each: message, attributes: {pk: \"${message.uuid}\", sk: "
               "\"${message.text}\"}}\n",
         0, 1024, false},
        {TABLE "  m: {for_each: participant, attributes: {pk: \"${self.uuid}\", sk: "
               "\"${conversation.last_message.text}\"}}\n",
         0, 1024, false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t more = 0; more <= 1; more++) {
            struct run run;
            struct buf definition;
            struct buf value;
            struct buf text;
            size_t len = rows[i].max + more - rows[i].fixed;
            buf_init(&definition, 1 << 16);
            buf_init(&value, 1 << 16);
            buf_init(&text, 1 << 16);
            put_many(&value, 'k', len - 2);
            buf_puts(&value, "\xc3\xa9"); // bytes count, not characters
            for (const char *at = rows[i].format; *at != '\0'; at++) {
                if (at[0] == '%' && at[1] == 's') {
                    buf_put(&definition, buf_str(&value));
                    at++;
                } else {
                    buf_char(&definition, *at);
                }
            }
            buf_puts(&text, HEADER("x") "A: ");
            buf_puts(&text, rows[i].constant ? "hi" : buf_cstr(&value));
            buf_puts(&text, "\n");
            bool ok = run_build(&run, buf_cstr(&definition), buf_str(&text));
            assert_true(ok == (more == 0));
            if (more == 1 && !rows[i].constant) {
                assert_true(stage_count(&run.stage, DIAG_KEY_SIZE) > 0);
            } else if (more == 1) {
                assert_only_diag(&run.stage, DIAG_KEY_SIZE, 6,
                                 run.stage.diags.kept[0].span.column);
            }
            run_deinit(&run);
            buf_deinit(&text);
            buf_deinit(&value);
            buf_deinit(&definition);
        }
    }
}

#define INDEXED                                                                        \
    "table_name: messages\nattribute_definitions: {pk: S, sk: S, g: S, h: \"N\"}\n"    \
    "key_schema: {hash: pk, range: sk}\nbilling_mode: PAY_PER_REQUEST\n"               \
    "global_secondary_indexes: {gsi: {key_schema: {hash: g, range: h}, projection: "   \
    "ALL}}\nentities:\n  m: {for_each: message, attributes: {pk: "                     \
    "\"${conversation.uuid}\", sk: \"${message.created_at}\", "

// Constants that are more than any program holds: said once, for the entity; what it
// would make of them is no question then.
static void test_constants_too_large(void **state)
{
    struct run run;
    struct buf definition;
    (void)state;

    buf_init(&definition, (size_t)8 << 20);
    buf_puts(&definition, TABLE "  message: {for_each: message, attributes: {pk: "
                                "\"M#${conversation.uuid}\", sk: "
                                "\"${message.created_at}\"");
    for (int i = 0; i < 11; i++) {
        buf_printf(&definition, ",\n    t%d: ", i);
        put_many(&definition, 'x', ITEM_MAX_BYTES - 1000);
    }
    buf_puts(&definition, "}}\n");
    assert_false(
        run_check(&run, buf_cstr(&definition), T(HEADER("x") "A: hi\nB: yo\n")));
    assert_only_diag(&run.stage, DIAG_ITEM_SIZE, 6, 2);
    assert_int_equal(run.unit.program_count, 1);
    assert_true(run.unit.programs[0].broken);
    run_deinit(&run);
    buf_deinit(&definition);
}

// B052, B055, B056: an index's key attributes where an item has them; B057: it need
// not.
static void test_index_keys(void **state)
{
    static const struct {
        const char *attributes;
        const char *message;
        bool legal;
        enum diag_code code;
    } rows[] = {
        {"x: 1", "hi", true, DIAG_USAGE},
        {"g: \"${message.text}\"", "hi", true, DIAG_USAGE},
        {"g: \"${message.text}\", h: \"${message.index}\"", "hi", true, DIAG_USAGE},
        {"g: \"${message.text}\"", "", false, DIAG_KEY_EMPTY},
        {"g: \"\"", "hi", false, DIAG_KEY_EMPTY},
        {"g: 5", "hi", false, DIAG_KEY_TYPE},
        {"g: ~", "hi", false, DIAG_KEY_TYPE},
        {"h: \"${message.text}\"", "5", false, DIAG_KEY_TYPE},
        {"h: \"${conversation.vars.n}\"", "hi", true, DIAG_USAGE},
        {"h: \"${conversation.vars.s}\"", "hi", false, DIAG_KEY_TYPE},
        {"g: \"${conversation.vars.n}\"", "hi", false, DIAG_KEY_TYPE},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run run;
        struct buf definition;
        struct buf text;
        buf_init(&definition, 4096);
        buf_init(&text, 4096);
        buf_puts(&definition, INDEXED);
        buf_puts(&definition, rows[i].attributes);
        buf_puts(&definition, "}}\n");
        buf_puts(&text, "---\nconversation: x\nparticipants: {A: a}\nstarts_at: now\n"
                        "vars: {n: 5, s: five}\n---\nA: ");
        buf_puts(&text, rows[i].message);
        buf_puts(&text, "\n");
        print_message("%s\n", rows[i].attributes);
        bool ok = run_build(&run, buf_cstr(&definition), buf_str(&text));
        assert_true(ok == rows[i].legal);
        if (!ok) {
            assert_diags(&run.stage, 1);
            assert_int_equal(run.stage.diags.kept[0].code, rows[i].code);
        }
        run_deinit(&run);
        buf_deinit(&text);
        buf_deinit(&definition);
    }
}

// One value that is wrong as a key of the table and of an index is one mistake.
static void test_key_reported_once(void **state)
{
    struct run run;
    (void)state;

    assert_false(
        run_check(&run,
                  "table_name: messages\nattribute_definitions: {pk: S, sk: S}\n"
                  "key_schema: {hash: pk, range: sk}\nbilling_mode: PAY_PER_REQUEST\n"
                  "global_secondary_indexes: {gsi: {key_schema: {hash: sk, range: pk}, "
                  "projection: ALL}}\n"
                  "entities:\n  m: {for_each: message, attributes: {pk: x, sk: "
                  "\"${message.text}\"}}\n",
                  T(HEADER("x") "A: \n")));
    assert_only_diag(&run.stage, DIAG_KEY_EMPTY, 6, 3);
    run_deinit(&run);
}

// B070: 409,600 bytes, names included, and not one more.
static void test_item_size(void **state)
{
    (void)state;

    for (size_t more = 0; more <= 1; more++) {
        struct run run;
        struct buf text;
        // pk, M#, uuid; sk, time; t; n, its value (index 1: 2 bytes)
        size_t fixed = 2 + 2 + 36 + 2 + 32 + 1 + 1 + 2;
        buf_init(&text, (size_t)1 << 20);
        buf_puts(&text, HEADER("x") "A: short\nB: ");
        put_many(&text, 'x', ITEM_MAX_BYTES - fixed + more);
        buf_puts(&text, "\nA: short\n");
        bool ok = run_check(
            &run, TABLE MESSAGE(", t: \"${message.text}\", n: \"${message.index}\""),
            buf_str(&text));
        assert_true(ok == (more == 0));
        if (more == 1) {
            assert_only_diag(&run.stage, DIAG_ITEM_SIZE, 7, 3);
        }
        run_deinit(&run);
        buf_deinit(&text);
    }
}

// The last index is not the one that takes most bytes: 1000 takes 2, 999 takes 3.
static void test_item_size_by_index(void **state)
{
    (void)state;

    for (size_t more = 0; more <= 1; more++) {
        struct run run;
        struct buf text;
        size_t fixed = 2 + 2 + 36 + 2 + 32 + 1 + 1 + 3;
        buf_init(&text, (size_t)1 << 20);
        buf_puts(&text, HEADER("x"));
        for (int i = 0; i <= 1000; i++) {
            buf_puts(&text, "A: ");
            put_many(&text, 'x', i == 999 ? ITEM_MAX_BYTES - fixed + more : 1);
            buf_puts(&text, "\n");
        }
        bool ok = run_check(
            &run, TABLE MESSAGE(", t: \"${message.text}\", n: \"${message.index}\""),
            buf_str(&text));
        assert_true(ok == (more == 0));
        run_deinit(&run);
        buf_deinit(&text);
    }
}

static void expect_twice(const char *definition, const char *transcript, size_t count)
{
    struct run run;
    bool ok = run_check(&run, definition, str_from(transcript));
    if (stage_count(&run.stage, DIAG_ITEM_TWICE) != count) {
        stage_print(&run.stage);
        fail_msg("%s", definition);
    }
    assert_true(ok == (count == 0));
    assert_diags(&run.stage, count > 0 ? 1 : 0); // of one entity: the others are lines
    run_deinit(&run);
}

static void test_distinct_keys(void **state)
{
    static const char two[] =
        HEADER("x") "A: one\nB: two\nA: one\n" HEADER("z") "A: one\n";
    (void)state;

    expect_twice(TABLE MESSAGE(""), two, 0);
    // keys from the text
    expect_twice(
        TABLE
        "  m: {for_each: message, attributes: {pk: x, sk: \"${message.text}\"}}\n",
        two, 2);
    expect_twice(
        TABLE "  m: {for_each: message, attributes: {pk: \"${conversation.uuid}\", sk: "
              "\"${message.text}\"}}\n",
        two, 1);
    // the index alone does not tell conversations apart
    expect_twice(TABLE "  m: {for_each: message, attributes: {pk: x, sk: "
                       "\"${message.index | pad(3)}\"}}\n",
                 two, 1);
    // a date does not tell messages apart
    expect_twice(
        TABLE "  m: {for_each: message, attributes: {pk: \"${conversation.uuid}\", sk: "
              "\"${message.created_at | date('%F')}\"}}\n",
        two, 2);
    // one participant in two conversations that end at the same time
    expect_twice(
        TABLE "  p: {for_each: participant, attributes: {pk: \"${self.handle}\", sk: "
              "\"${conversation.first_message.created_at}\"}}\n",
        two, 1); // both in one line
    expect_twice(
        TABLE "  p: {for_each: participant, attributes: {pk: \"${self.handle}\", sk: "
              "\"${conversation.uuid}\"}}\n",
        two, 0);
    // two entities over the same keys
    expect_twice(
        TABLE MESSAGE(
            "") "  other: {for_each: message, attributes: {pk: "
                "\"M#${conversation.uuid}\", sk: \"${message.created_at}\"}}\n",
        two, 4);
    // and apart by their first bytes
    expect_twice(
        TABLE MESSAGE(
            "") "  other: {for_each: message, attributes: {pk: "
                "\"N#${conversation.uuid}\", sk: \"${message.created_at}\"}}\n",
        two, 0);
    // hash and range do not run together
    expect_twice(
        TABLE
        "  c: {for_each: conversation, attributes: {pk: \"ab${conversation.name}\", "
        "sk: c}}\n  d: {for_each: conversation, attributes: {pk: a, sk: "
        "\"b${conversation.name}c\"}}\n",
        two, 0);
}

// Numbers of any width beside other text prove nothing: a|12 and a1|2.
static void test_keys_run_together(void **state)
{
    struct run run;
    struct buf text;
    (void)state;

    buf_init(&text, 4096);
    buf_puts(
        &text,
        "---\nconversation: x\nparticipants: {A: a, A1: b}\nstarts_at: now\n---\n");
    for (int i = 1; i <= 12; i++) {
        buf_puts(&text, i == 2 ? "A1: hi\n" : "A: hi\n");
    }
    assert_false(run_check(
        &run,
        TABLE "  m: {for_each: message, attributes: {pk: \"${conversation.uuid}\", "
              "sk: \"${message.label}${message.number}\"}}\n",
        buf_str(&text)));
    assert_only_diag(&run.stage, DIAG_ITEM_TWICE, 17, 3);
    run_deinit(&run);
    // Padded to one width they do.
    assert_true(run_check(
        &run,
        TABLE "  m: {for_each: message, attributes: {pk: \"${conversation.uuid}\", "
              "sk: \"${message.label}${message.number | pad(3)}\"}}\n",
        buf_str(&text)));
    run_deinit(&run);
    buf_deinit(&text);
}

// A line that is no message any more when it is read again makes the run fail, although
// all conversations are still there.
static void test_a_line_that_changes(void **state)
{
    char text[] = HEADER("x") "A: one\nB: two\nA: three\n" HEADER("z") "A: one\n";
    struct run run;
    (void)state;

    assert_true(run_check(&run, TABLE MESSAGE(""), str_from(text)));
    strstr(text, "B: two")[0] = 'x';
    assert_false(run_emit(&run));
    assert_int_equal(run.stage.diags.errors, 1);
    assert_int_equal(run.stage.diags.kept[0].code, DIAG_FILE_CHANGED);
    run_deinit(&run);
}

static void test_conversation_twice(void **state)
{
    struct run run;
    (void)state;

    assert_false(run_check(
        &run,
        TABLE "  p: {for_each: participant, attributes: {pk: \"${self.handle}\", sk: "
              "\"${conversation.uuid}\"}}\n",
        T(HEADER("x") "A: hi\n" HEADER(
            "e80f008d-e3ac-5a27-b19d-6b9cc9bb4210") "B: yo\n")));
    assert_only_diag(&run.stage, DIAG_CONVERSATION_TWICE, 8, 14);
    assert_int_equal(run.stage.diags.kept[0].related.line, 2);
    run_deinit(&run);
}

static void test_nil_conversation(void **state)
{
    struct run run;
    (void)state;

    assert_true(run_build(&run, TABLE MESSAGE(""),
                          T(HEADER("00000000-0000-0000-0000-000000000000") "A: hi\n")));
    assert_clean(&run.stage);
    run_deinit(&run);
}

// A fixture is read three times, and what is wrong or odd in it is said once.
static void test_warned_once(void **state)
{
    struct run run;
    (void)state;

    assert_true(run_build(&run, TABLE MESSAGE(""),
                          T(HEADER("yes") "A: hi\n" HEADER("0x10") "A: hi\n")));
    assert_diags(&run.stage, 2);
    assert_int_equal(stage_count(&run.stage, DIAG_AMBIGUOUS_SCALAR), 2);
    assert_int_equal(run.item_count, 2);
    run_deinit(&run);
}

static void test_survey(void **state)
{
    struct run run;
    (void)state;

    assert_true(run_define(&run, TABLE MESSAGE("")));
    struct fixture *fixture = run_survey(
        &run,
        T(HEADER("x") "A: one\nB: three\n" HEADER(
            "z") "oops\nA: hi\n"
                 "---\nconversation: q\nparticipants: {C: c, A: a}\nstarts_at: now-1h\n"
                 "---\nC: hi\nC: longer text\nA: x\n"));
    assert_only_diag(&run.stage, DIAG_LINE_INVALID, 13, 0);
    assert_int_equal(fixture->conversation_count, 3);
    assert_false(fixture->conversations[0].broken);
    assert_true(fixture->conversations[1].broken); // it makes no items
    const struct conversation_record *last = &fixture->conversations[2];
    assert_int_equal(last->header_line, 15);
    assert_int_equal(last->message_count, 3);
    assert_int_equal(last->longest_text, 11);
    assert_int_equal(last->first.participant, 0);
    assert_int_equal(last->last.participant, 1);
    assert_true(fixture->relative);
    assert_int_equal(fixture->relative_span.line, 18);
    assert_int_equal(run.unit.wanted.count, 3);
    const struct wanted_handle *c = map_find(&run.unit.wanted, STR("c"));
    assert_non_null(c);
    assert_int_equal(c->span.line, 17);
    run_deinit(&run);

    assert_true(run_define(&run, TABLE MESSAGE("")));
    (void)run_survey(&run, T("\n\n"));
    assert_only_diag(&run.stage, DIAG_FILE_EMPTY, 0, 0);
    run_deinit(&run);
}

static void test_directory(void **state)
{
    struct run run;
    (void)state;

    assert_false(run_check(
        &run, TABLE MESSAGE(", n: \"${sender.display_nam}\", u: \"${sender.uuid}\""),
        T("---\nconversation: x\nparticipants: {A: a, D: d}\nstarts_at: now\n"
          "---\nA: hi\n")));
    assert_diags(&run.stage, 2);
    assert_diag(&run.stage, 0, DIAG_COLUMN_UNKNOWN, 6,
                run.stage.diags.kept[0].span.column);
    assert_text(run.stage.diags.kept[0].help, "did you mean 'display_name'?");
    assert_diag(&run.stage, 1, DIAG_HANDLE_UNKNOWN, 3, 24);
    run_deinit(&run);
}

// A NULL that is read is said once for each handle and column, however often it is
// read.
static void test_null_column(void **state)
{
    struct run run;
    (void)state;

    assert_false(run_check(
        &run,
        TABLE MESSAGE(
            ", n: \"${sender.display_name}\", m: \"x${sender.display_name}\""),
        T("---\nconversation: x\nparticipants: {A: a, C: c}\nstarts_at: now\n---\nC: "
          "hi\n")));
    assert_only_diag(&run.stage, DIAG_HANDLE_NULL, 3, 24);
    run_deinit(&run);
}

// Columns that were declared are checked without a look-up; placeholders stand in.
static void test_placeholders(void **state)
{
    struct run run;
    (void)state;

    assert_true(
        run_define(&run, "handles: {columns: [handle, uuid]}\n" TABLE MESSAGE(
                             ", u: \"${sender.uuid}\", n: \"${sender.name}\"")));
    directory_check(&run.unit, false, &run.stage.diags);
    assert_diags(&run.stage, 1);
    assert_int_equal(run.stage.diags.kept[0].code, DIAG_COLUMN_UNKNOWN);
    run_deinit(&run);

    assert_true(run_define(&run, TABLE MESSAGE(", u: \"${sender.uuid}\"")));
    assert_true(unit_reads_users(&run.unit));
    run.unit.placeholders = true;
    (void)run_survey(&run, T(HEADER("x") "A: hi\n"));
    directory_check(&run.unit, false, &run.stage.diags);
    verify_unit(&run.compilation, &run.unit);
    assert_clean(&run.stage);
    assert_int_equal(run.unit.item_count, 1);
    run_deinit(&run);
}

static void test_missing_values(void **state)
{
    static const struct {
        const char *attribute;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {", v: \"${conversation.vars.x}\"", DIAG_VARS_MISSING, 2, 14},
        {", v: \"${conversation.name}\"", DIAG_NAME_MISSING, 2, 14},
        {", v: \"${message.index | pad(1)}\"", DIAG_PAD_OVERFLOW, 16, 3},
        {", v: \"${message.text | pad(2)}\"", DIAG_PAD_OVERFLOW, 15, 3},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct run run;
        struct buf definition;
        struct buf text;
        buf_init(&definition, 4096);
        buf_init(&text, 4096);
        buf_puts(&definition,
                 TABLE "  message: {for_each: message, attributes: {pk: "
                       "\"M#${conversation.uuid}\", sk: \"${message.created_at}\"");
        buf_puts(&definition, rows[i].attribute);
        buf_puts(&definition, "}}\n");
        buf_puts(&text, HEADER(X_UUID));
        for (int k = 0; k < 11; k++) {
            buf_puts(&text, k == 9 ? "B: abc\n" : "A: \n");
        }
        print_message("%s\n", rows[i].attribute);
        assert_false(run_check(&run, buf_cstr(&definition), buf_str(&text)));
        assert_true(run.stage.diags.count >= 1);
        assert_diag(&run.stage, 0, rows[i].code, rows[i].line, rows[i].column);
        run_deinit(&run);
        buf_deinit(&text);
        buf_deinit(&definition);
    }
}

// What a joined message says is the same seen as itself and as the last one.
static void test_joined_last_message(void **state)
{
    struct run run;
    (void)state;

    assert_true(run_build(
        &run,
        TABLE
        "  c: {for_each: conversation, attributes: {pk: C, sk: x, t: "
        "\"${conversation.last_message.text}\"}}\n"
        "  m: {for_each: message, attributes: {pk: M, sk: \"${message.uuid}\", t: "
        "\"${message.text}\"}}\n",
        T("---\nconversation: x\nparticipants: {A: a}\nstarts_at: now\ncontinuation: "
          "join\n---\n"
          "A: one\r\n \t\r\n\r\ntwo\r\n  \r\n")));
    assert_int_equal(run.item_count, 2);
    struct str text = STR(",\"t\":{\"S\":\"one\\n \\t\\n\\ntwo\"}}}");
    assert_true(str_ends(run.items[1].json, text));
    assert_true(str_ends(run.items[0].json, text));
    run_deinit(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_message_uuids),
        cmocka_unit_test(test_batches_of_25),
        cmocka_unit_test(test_batch_bytes),
        cmocka_unit_test(test_sink_refuses),
        cmocka_unit_test(test_when),
        cmocka_unit_test(test_other_participant),
        cmocka_unit_test(test_program_mistakes),
        cmocka_unit_test(test_key_sizes),
        cmocka_unit_test(test_index_keys),
        cmocka_unit_test(test_key_reported_once),
        cmocka_unit_test(test_constants_too_large),
        cmocka_unit_test(test_item_size),
        cmocka_unit_test(test_item_size_by_index),
        cmocka_unit_test(test_distinct_keys),
        cmocka_unit_test(test_keys_run_together),
        cmocka_unit_test(test_a_line_that_changes),
        cmocka_unit_test(test_conversation_twice),
        cmocka_unit_test(test_nil_conversation),
        cmocka_unit_test(test_warned_once),
        cmocka_unit_test(test_survey),
        cmocka_unit_test(test_directory),
        cmocka_unit_test(test_null_column),
        cmocka_unit_test(test_placeholders),
        cmocka_unit_test(test_missing_values),
        cmocka_unit_test(test_joined_last_message),
        cmocka_unit_test(test_other_in_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
