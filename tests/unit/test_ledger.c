// The ledger's entries: what is the same and what is otherwise in the entries of items,
// and that all of it comes back from bytes, however many there are.
#include "compile_stage.h"
#include "unit.h"

#include "ledger_entry.h"
#include "ledger_read.h"
#include "ledger_write.h"
#include "value_json.h"

#include <string.h>

static const char ROWS[] = "table_name: shop\n"
                           "attribute_definitions: { pk: S, sk: N }\n"
                           "key_schema: { hash: pk, range: sk }\n"
                           "billing_mode: PAY_PER_REQUEST\n"
                           "entities:\n"
                           "  customer:\n"
                           "    for_each: customer\n"
                           "    attributes:\n"
                           "      pk: C#${row.id}#${row.id}\n"
                           "      sk: ${row.n}\n"
                           "      name: ${row.name}\n";

static const struct hash_seed SEED = {{1, 2}};

// ---- what an entry holds

struct made {
    struct run run;
    struct ledger_maker *maker;
    struct ledger_entry entry;
};

static void open_made(struct made *made, const char *definition)
{
    assert_true(run_define(&made->run, definition));
    made->maker = ledger_maker_new(&made->run.unit.definition.table, &SEED);
}

static void close_made(struct made *made)
{
    ledger_maker_free(made->maker);
    run_deinit(&made->run);
}

// Of an item as it was written, in the arena.
static void make_plain(struct ledger_entry *out, struct ledger_maker *maker,
                       struct arena *arena, struct str json)
{
    struct item_identity plain = {0};
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    assert_true(value_json_read_item(&entries, &count, json, arena, &why));
    ledger_maker_make(out, maker, &plain, entries, count);
}

static void test_what_is_remembered(void **state)
{
    struct made made;
    (void)state;
    open_made(&made, ROWS);
    make_plain(&made.entry, made.maker, &made.run.stage.arena,
               STR("{\"a\":{\"SS\":[\"x\",\"y\"]},\"sk\":{\"N\":\"7.0\"},"
                   "\"pk\":{\"S\":\"C#1\"}"
                   ",\"b\":{\"SS\":[\"y\",\"x\"]},\"c\":{\"L\":[]}}"));
    assert_text(made.entry.hash, "C#1");
    assert_text(made.entry.range, "7");
    assert_int_equal(made.entry.entity.len, 0);
    assert_int_equal(made.entry.count, 3);
    assert_text(made.entry.attributes[0].name, "a");
    assert_true(made.entry.attributes[0].print == made.entry.attributes[1].print);
    assert_true(made.entry.attributes[0].print != made.entry.attributes[2].print);
    assert_true(ledger_entry_find(&made.entry, STR("c")) == &made.entry.attributes[2]);
    assert_null(ledger_entry_find(&made.entry, STR("pk")));
    uint64_t identity = made.entry.identity;
    make_plain(&made.entry, made.maker, &made.run.stage.arena,
               STR("{\"pk\":{\"S\":\"C#1\"},\"sk\":{\"N\":\"8\"}}"));
    assert_true(made.entry.identity != identity);
    close_made(&made);
}

// What the seed decides nobody can foresee; on every machine it decides the same.
static void test_prints_are_keyed(void **state)
{
    struct made made;
    struct hash_seed other = {{1, 3}};
    struct str json =
        STR("{\"pk\":{\"S\":\"k\"},\"sk\":{\"N\":\"1\"},\"a\":{\"S\":\"x\"}}");
    (void)state;
    open_made(&made, ROWS);
    make_plain(&made.entry, made.maker, &made.run.stage.arena, json);
    assert_true(made.entry.attributes[0].print == UINT64_C(0x603fee7a121e));
    struct ledger_maker *foreign =
        ledger_maker_new(&made.run.unit.definition.table, &other);
    struct ledger_entry entry;
    make_plain(&entry, foreign, &made.run.stage.arena, json);
    assert_true(entry.attributes[0].print != made.entry.attributes[0].print);
    assert_true(entry.identity != made.entry.identity);
    ledger_maker_free(foreign);
    close_made(&made);
}

// A row of customer with one more column than its key reads.
static uint64_t identity_of(struct made *made, struct str entity, const char *id,
                            const char *name)
{
    struct value texts[] = {
        {.type = VALUE_S, .text = str_from(id)},
        {.type = VALUE_N, .text = STR("1")},
        {.type = VALUE_S, .text = str_from(name)},
    };
    struct row_column columns[] = {{.name = STR("id"), .value = &texts[0]},
                                   {.name = STR("n"), .value = &texts[1]},
                                   {.name = STR("name"), .value = &texts[2]}};
    struct row row = {.columns = columns, .count = COUNT_OF(columns)};
    struct item_identity identity = {.program = &made->run.unit.programs[0],
                                     .row = &row};
    return ledger_maker_identity(made->maker, entity, &identity);
}

static void test_what_a_row_was_made_for(void **state)
{
    struct made made;
    (void)state;
    open_made(&made, ROWS);
    uint64_t one = identity_of(&made, STR("customer"), "1", "a");
    assert_true(one == identity_of(&made, STR("customer"), "1", "b"));
    assert_true(one != identity_of(&made, STR("customer"), "2", "a"));
    assert_true(one != identity_of(&made, STR("client"), "1", "a"));
    close_made(&made);
    // Another prefix, another width, another order: it is still that row.
    static const char OTHERWISE[] = "table_name: shop\n"
                                    "attribute_definitions: { pk: N, sk: S }\n"
                                    "key_schema: { hash: pk, range: sk }\n"
                                    "billing_mode: PAY_PER_REQUEST\n"
                                    "entities:\n"
                                    "  customer:\n"
                                    "    for_each: customer\n"
                                    "    attributes:\n"
                                    "      pk: ${row.n}\n"
                                    "      sk: ${row.id | upper}-\n";
    open_made(&made, OTHERWISE);
    assert_true(one == identity_of(&made, STR("customer"), "1", "c"));
    close_made(&made);
}

static void test_what_a_message_was_made_for(void **state)
{
    static const char DEFINITION[] =
        "table_name: talk\n"
        "attribute_definitions: { pk: S }\n"
        "key_schema: { hash: pk }\n"
        "billing_mode: PAY_PER_REQUEST\n"
        "entities:\n"
        "  a:\n"
        "    for_each: message\n"
        "    attributes: { pk: 'a${message.uuid}' }\n"
        "  b:\n"
        "    for_each: participant\n"
        "    attributes: { pk: 'b${conversation.uuid}' }\n"
        "  c:\n"
        "    for_each: conversation\n"
        "    attributes: { pk: 'c${conversation.uuid}' }\n";
    struct made made;
    (void)state;
    open_made(&made, DEFINITION);
    struct item_identity identity = {.program = &made.run.unit.programs[0],
                                     .of = {{1}}};
    uint64_t first = ledger_maker_identity(made.maker, STR("a"), &identity);
    identity.index = 1;
    uint64_t second = ledger_maker_identity(made.maker, STR("a"), &identity);
    assert_true(first != second);
    identity.of.bytes[0] = 2;
    assert_true(second != ledger_maker_identity(made.maker, STR("a"), &identity));
    // Where a participant stands in the header does not matter: `of` says who it is.
    identity.program = &made.run.unit.programs[1];
    uint64_t participant = ledger_maker_identity(made.maker, STR("a"), &identity);
    identity.index = 0;
    assert_true(participant == ledger_maker_identity(made.maker, STR("a"), &identity));
    identity.program = &made.run.unit.programs[2];
    assert_true(participant != ledger_maker_identity(made.maker, STR("a"), &identity));
    close_made(&made);
}

// ---- to bytes and back

#define ENTRIES 3000
#define ATTRIBUTES 5

// Every shape, entity and key that there may be is among many of these.
static struct ledger_entry entry_at(struct arena *arena, size_t i)
{
    struct ledger_attribute *attributes =
        arena_array(arena, ATTRIBUTES, sizeof *attributes);
    size_t count = i % (ATTRIBUTES + 1);
    for (size_t k = 0; k < count; k++) {
        bool given = i % 7 == 0 && k == 1;
        attributes[k] = (struct ledger_attribute){
            .name = arena_printf(arena, "attribute %zu", i % 3 + k),
            .print = given ? 0 : (k == 0 ? 5 : (i * 0x9E3779B97F4A) & 0xFFFFFFFFFFFF),
            .on_create = given,
        };
    }
    return (struct ledger_entry){
        .hash = arena_printf(arena, "PARTITION#%zu", i / 10 + 1),
        .range = i % 5 == 0 ? (struct str){0} : arena_printf(arena, "%09zu", i),
        .entity =
            i % 4 == 0 ? (struct str){0} : arena_printf(arena, "entity-%zu", i % 4),
        .identity = i * UINT64_C(0x9E3779B97F4A7C15),
        .attributes = attributes,
        .count = count,
        .over = i % 11 == 0,
    };
}

struct reading {
    struct arena arena;
    size_t count;
    size_t stop_at;
};

static bool expect(void *context, const struct ledger_entry *entry)
{
    struct reading *reading = context;
    struct ledger_entry wanted = entry_at(&reading->arena, reading->count);
    assert_str(entry->hash, wanted.hash);
    assert_str(entry->range, wanted.range);
    assert_str(entry->entity, wanted.entity);
    assert_true(entry->identity == wanted.identity);
    assert_int_equal(entry->count, wanted.count);
    assert_int_equal(entry->over, wanted.over);
    for (size_t i = 0; i < wanted.count; i++) {
        assert_str(entry->attributes[i].name, wanted.attributes[i].name);
        assert_true(entry->attributes[i].print == wanted.attributes[i].print);
        assert_int_equal(entry->attributes[i].on_create,
                         wanted.attributes[i].on_create);
    }
    arena_reset(&reading->arena);
    return ++reading->count != reading->stop_at;
}

static void write_all(struct buf *out, size_t restart_at)
{
    struct ledger_writer *writer = ledger_writer_new();
    struct arena arena = {0};
    buf_init(out, SIZE_MAX);
    for (size_t i = 0; i < ENTRIES; i++) {
        struct ledger_entry entry = entry_at(&arena, i);
        if (i == restart_at) {
            ledger_writer_restart(writer);
        }
        ledger_writer_put(writer, out, &entry);
    }
    ledger_writer_free(writer);
    arena_deinit(&arena);
}

static bool read_all(struct reading *reading, struct str bytes, size_t portion,
                     const char **why)
{
    struct ledger_reader *reader = ledger_reader_new();
    struct ledger_sink to = {expect, reading};
    bool fine = true;
    while (bytes.len > 0 && fine) {
        size_t n = bytes.len < portion ? bytes.len : portion;
        fine = ledger_reader_feed(reader, (struct str){bytes.at, n}, &to, why);
        bytes = str_skip(bytes, n);
    }
    if (!fine) { // and so it stays
        const char *still = NULL;
        assert_false(ledger_reader_feed(reader, STR("B"), &to, &still));
        assert_non_null(still);
    }
    fine = fine && ledger_reader_end(reader);
    ledger_reader_free(reader);
    arena_deinit(&reading->arena);
    return fine;
}

static void test_back(void **state)
{
    static const size_t PORTIONS[] = {1, 7, 1000, SIZE_MAX};
    struct buf out;
    const char *why = NULL;
    (void)state;
    write_all(&out, SIZE_MAX);
    for (size_t i = 0; i < COUNT_OF(PORTIONS); i++) {
        struct reading reading = {0};
        assert_true(read_all(&reading, buf_str(&out), PORTIONS[i], &why));
        assert_int_equal(reading.count, ENTRIES);
    }
    buf_deinit(&out);
}

// Beside what is new in keys: 8 bytes of identity, 6 of each fingerprint that is not the
// one before, a byte for which these are, and six numbers.
static void test_how_long(void **state)
{
    struct arena arena = {0};
    struct buf out;
    struct ledger_writer *writer = ledger_writer_new();
    struct ledger_entry first = entry_at(&arena, 88);
    struct ledger_entry second = entry_at(&arena, 88 + 84);
    (void)state;
    buf_init(&out, SIZE_MAX);
    ledger_writer_put(writer, &out, &first);
    size_t before = out.len;
    ledger_writer_put(writer, &out, &second);
    assert_int_equal(first.count, 4);
    size_t key = sizeof "18" - 1 + sizeof "172" - 1;
    assert_int_equal(out.len - before, 1 + 6 + key + 8 + 1 + 3 * LEDGER_PRINT_BYTES);
    ledger_writer_free(writer);
    buf_deinit(&out);
    arena_deinit(&arena);
}

// What is written after a restart is a stream of its own.
static void test_restart(void **state)
{
    struct buf whole;
    struct buf head;
    struct reading reading = {0};
    const char *why = NULL;
    (void)state;
    write_all(&whole, 1000);
    assert_true(read_all(&reading, buf_str(&whole), 500, &why));
    assert_int_equal(reading.count, ENTRIES);
    reading = (struct reading){.stop_at = 1000};
    assert_false(read_all(&reading, buf_str(&whole), 1, &why));
    assert_null(why);
    // Of that length is what stands before it.
    struct ledger_writer *writer = ledger_writer_new();
    struct arena arena = {0};
    buf_init(&head, SIZE_MAX);
    for (size_t i = 0; i < 1000; i++) {
        struct ledger_entry entry = entry_at(&arena, i);
        ledger_writer_put(writer, &head, &entry);
    }
    reading = (struct reading){.count = 1000};
    assert_true(
        read_all(&reading, str_skip(buf_str(&whole), head.len), SIZE_MAX, &why));
    assert_int_equal(reading.count, ENTRIES);
    ledger_writer_free(writer);
    arena_deinit(&arena);
    buf_deinit(&head);
    buf_deinit(&whole);
}

// A run that is killed leaves a part: what is whole in it is read.
static void test_cut(void **state)
{
    struct buf out;
    const char *why = NULL;
    (void)state;
    write_all(&out, SIZE_MAX);
    for (size_t len = 1; len < 3000; len++) {
        struct ledger_reader *reader = ledger_reader_new();
        struct reading reading = {0};
        struct ledger_sink to = {expect, &reading};
        assert_true(ledger_reader_feed(reader, (struct str){out.at, len}, &to, &why));
        ledger_reader_free(reader);
        arena_deinit(&reading.arena);
    }
    struct reading reading = {0};
    assert_false(read_all(&reading, (struct str){out.at, out.len - 1}, SIZE_MAX, &why));
    assert_int_equal(reading.count, ENTRIES - 1);
    buf_deinit(&out);
}

static bool take_any(void *context, const struct ledger_entry *entry)
{
    (void)context;
    assert_true(entry->hash.len > 0);
    return true;
}

static void test_what_is_refused(void **state)
{
    struct {
        struct str bytes;
        const char *why;
    } refused[] = {
        {STR("x"), "it does not begin as one"},
        {STR("I"), "it does not begin as one"},
        {STR("Bx"), "a record in it is of no known kind"},
        {STR("BI\0\1"), "a number in it is too large"},
        {STR("BI\1\1"), "a number in it is too large"},
        {STR("BS\0I\0\0\0\1k\0\0\0\0\0\0\0\0\0\0"), "an item in it has no shape"},
        {STR("BS\0I\0\1\0\0\0\0\0\0\0\0\0\0\0\0"), "an item in it has no key"},
        {STR("BS\0I\0\1\1"), "a number in it is too large"},
        {STR("BS\0I\0\1\0\x81\x10"), "a number in it is too large"},
        {STR("BS\0I\0\1\0\1k\0\x81\x08"), "a number in it is too large"},
        {STR("BS\1\1a\2"), "a flag in it is none"},
        {STR("BE\x80\x80\4"), "a number in it is too large"},
        {STR("BE\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"),
         "a number in it is too large"},
        {STR("BS\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"),
         "a number in it is too large"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct ledger_reader *reader = ledger_reader_new();
        struct ledger_sink to = {take_any, NULL};
        const char *why = NULL;
        if (ledger_reader_feed(reader, refused[i].bytes, &to, &why)) {
            fail_msg("number %zu was taken", i);
        }
        assert_string_equal(why, refused[i].why);
        assert_false(ledger_reader_end(reader));
        ledger_reader_free(reader);
    }
}

// Names without end: what is remembered has a ceiling, and so has a record.
static void test_floods(void **state)
{
    struct ledger_sink to = {take_any, NULL};
    struct buf name;
    struct buf shape;
    const char *why = NULL;
    (void)state;
    buf_init(&name, SIZE_MAX);
    buf_puts(&name, "E\xff\xff\3");
    (void)memset(buf_reserve(&name, LEDGER_NAME_MAX), 'x', LEDGER_NAME_MAX);
    name.len += LEDGER_NAME_MAX;
    struct ledger_reader *reader = ledger_reader_new();
    size_t taken = 0;
    assert_true(ledger_reader_feed(reader, STR("B"), &to, &why));
    while (ledger_reader_feed(reader, buf_str(&name), &to, &why)) {
        taken += LEDGER_NAME_MAX;
    }
    assert_string_equal(why, "it says too many names");
    assert_in_range(taken, LEDGER_MEMORY_MAX - 2 * LEDGER_NAME_MAX, LEDGER_MEMORY_MAX);
    ledger_reader_free(reader);

    buf_init(&shape, SIZE_MAX);
    buf_puts(&shape, "BS\xff\xff\3");
    reader = ledger_reader_new();
    assert_true(ledger_reader_feed(reader, buf_str(&shape), &to, &why));
    name.at[0] = '\0'; // the flag of the name before
    assert_true(ledger_reader_feed(reader, str_skip(buf_str(&name), 1), &to, &why));
    for (taken = 0; ledger_reader_feed(reader, buf_str(&name), &to, &why);) {
        taken += LEDGER_NAME_MAX;
    }
    assert_string_equal(why, "a record in it is too long");
    assert_in_range(taken, 1 << 20, 8 << 20);
    ledger_reader_free(reader);
    buf_deinit(&name);
    buf_deinit(&shape);
}

// A writer is never refused, however many shapes its items have.
static void test_many_shapes(void **state)
{
    struct ledger_writer *writer = ledger_writer_new();
    struct ledger_reader *reader = ledger_reader_new();
    struct ledger_sink to = {take_any, NULL};
    struct arena arena = {0};
    struct buf out;
    const char *why = NULL;
    (void)state;
    buf_init(&out, SIZE_MAX);
    for (size_t i = 0; i < 20000; i++) {
        struct ledger_attribute attributes[40];
        for (size_t k = 0; k < COUNT_OF(attributes); k++) {
            attributes[k] = (struct ledger_attribute){
                .name = arena_printf(&arena, "%zu", i * 1000 + k)};
        }
        struct ledger_entry entry = {
            .hash = STR("k"), .attributes = attributes, .count = COUNT_OF(attributes)};
        ledger_writer_put(writer, &out, &entry);
        assert_true(ledger_reader_feed(reader, buf_str(&out), &to, &why));
        arena_reset(&arena);
        buf_reset(&out);
    }
    assert_true(ledger_reader_end(reader));
    ledger_reader_free(reader);
    ledger_writer_free(writer);
    buf_deinit(&out);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_remembered),
        cmocka_unit_test(test_prints_are_keyed),
        cmocka_unit_test(test_what_a_row_was_made_for),
        cmocka_unit_test(test_what_a_message_was_made_for),
        cmocka_unit_test(test_back),
        cmocka_unit_test(test_how_long),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_floods),
        cmocka_unit_test(test_many_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
