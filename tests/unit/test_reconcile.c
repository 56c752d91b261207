// reconcile: a flood of live items that are ours, and a fixture that is another one when
// it is read again. All else is told by tests against servers, where
// random pairs are held against what apply does.
#include "compile_stage.h"
#include "unit.h"

#include "emit.h"
#include "reconcile.h"
#include "spool.h"
#include "uuid.h"

#include <string.h>

#define CONVERSATION "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
#define MESSAGES 3
#define FLOOD 6000

static const char DEFINITION[] = "table_name: talk\n"
                                 "attribute_definitions: { pk: S, sk: S }\n"
                                 "key_schema: { hash: pk, range: sk }\n"
                                 "billing_mode: PAY_PER_REQUEST\n"
                                 "entities:\n"
                                 "  message:\n"
                                 "    for_each: message\n"
                                 "    attributes:\n"
                                 "      pk: M#${conversation.uuid}\n"
                                 "      sk: ${message.created_at}\n"
                                 "      id: ${message.uuid}\n"
                                 "      text: ${message.text}\n";
#define TRANSCRIPT                                                                     \
    "---\nconversation: " CONVERSATION "\nparticipants: { A: a }\n"                    \
    "starts_at: 2023-03-19T12:00:00Z\n---\nA: one\nA: two\nA: three\n"

// What a sink was told.
struct told {
    size_t counts[ITEM_STALE + 1];
    size_t bytes; // of live items
    struct arena arena;
    struct str last; // the live item before
};

static bool take(void *context, const struct item_change *change)
{
    struct told *told = context;
    told->counts[change->kind]++;
    told->bytes += change->live.len;
    assert_true(change->live.len == 0 ||
                str_find(change->live, STR("text")) < change->live.len);
    if (change->kind == ITEM_STALE) { // by their keys
        assert_true(told->last.len == 0 || str_cmp(told->last, change->live) < 0);
        told->last = arena_str(&told->arena, change->live);
    }
    return true;
}

// The item that message `index` was, at a time of its own.
static struct str live_item(struct arena *arena, unsigned index)
{
    struct uuid conversation;
    char text[UUID_TEXT_LEN];
    assert_true(uuid_parse(&conversation, STR(CONVERSATION)));
    struct uuid_hasher *hasher = uuid_hasher_new(&conversation);
    struct uuid id = uuid_hasher_v5(hasher, arena_printf(arena, "%u", index));
    uuid_hasher_free(hasher);
    uuid_format(&id, text);
    return arena_printf(
        arena,
        "{\"pk\":{\"S\":\"M#" CONVERSATION "\"},\"sk\":{\"S\":"
        "\"2023-03-20T%02u:%02u:%02u.000000+00:00\"},\"id\":{\"S\":\"%.*s\"},"
        "\"text\":{\"S\":\"what is not declared any more\"}}",
        index / 3600, index / 60 % 60, index % 60, UUID_TEXT_LEN, text);
}

static struct reconciler *open_run(struct run *run, struct str transcript)
{
    assert_true(run_check(run, DEFINITION, transcript));
    struct reconciler *reconciler = reconciler_new(&run->compilation, &run->unit);
    struct item_sink sink = reconciler_declare(reconciler);
    assert_true(emit_values(&run->compilation, &run->unit, &sink));
    return reconciler;
}

static void find(struct told *told, struct reconciler *reconciler, struct run *run)
{
    *told = (struct told){0};
    struct change_sink to = {take, told};
    struct batch_sink sink = reconciler_changes(reconciler, &to);
    assert_true(emit_unit(&run->compilation, &run->unit, &sink));
    assert_true(reconciler_stale(reconciler, &to));
    arena_deinit(&told->arena);
}

static void test_a_flood(void **state)
{
    struct run run;
    struct told told;
    struct reconciler *reconciler = open_run(&run, STR(TRANSCRIPT));
    const char *why = NULL;
    (void)state;
    for (unsigned i = 0; i < FLOOD; i++) {
        struct str item = live_item(&run.stage.arena, MESSAGES + i);
        assert_true(reconciler_live(reconciler, item, &why));
    }
    find(&told, reconciler, &run);
    assert_int_equal(told.counts[ITEM_ADDED], MESSAGES);
    assert_int_equal(told.counts[ITEM_STALE], FLOOD);
    assert_true(told.bytes > SPOOL_MEMORY);
    reconciler_free(reconciler);
    run_deinit(&run);
}

// Message `index` as it is declared.
static struct str declared_item(struct arena *arena, unsigned index)
{
    static const char *const TEXTS[MESSAGES] = {"one", "two", "three"};
    struct uuid conversation;
    char text[UUID_TEXT_LEN];
    assert_true(uuid_parse(&conversation, STR(CONVERSATION)));
    struct uuid_hasher *hasher = uuid_hasher_new(&conversation);
    struct uuid id = uuid_hasher_v5(hasher, arena_printf(arena, "%u", index));
    uuid_hasher_free(hasher);
    uuid_format(&id, text);
    return arena_printf(arena,
                        "{\"pk\":{\"S\":\"M#" CONVERSATION "\"},\"sk\":{\"S\":"
                        "\"2023-03-19T12:%02u:00.000000+00:00\"},\"id\":{\"S\":"
                        "\"%.*s\"},\"text\":{\"S\":\"%s\"}}",
                        index, UUID_TEXT_LEN, text, TEXTS[index]);
}

// Pages may overlap when a table changes between two of them: an item that comes twice
// does not stand for one that never came.
static void test_an_item_read_twice(void **state)
{
    struct run run;
    struct told told;
    struct reconciler *reconciler = open_run(&run, STR(TRANSCRIPT));
    const char *why = NULL;
    (void)state;
    static const unsigned READ[] = {0, 1, 1};
    for (size_t i = 0; i < COUNT_OF(READ); i++) {
        struct str item = declared_item(&run.stage.arena, READ[i]);
        assert_true(reconciler_live(reconciler, item, &why));
    }
    assert_true(reconciler_differs(reconciler));
    find(&told, reconciler, &run);
    assert_int_equal(told.counts[ITEM_ADDED], 1);
    assert_int_equal(told.counts[ITEM_CHANGED], 0);
    struct str third = declared_item(&run.stage.arena, 2);
    assert_true(reconciler_live(reconciler, third, &why));
    assert_false(reconciler_differs(reconciler));
    reconciler_free(reconciler);
    run_deinit(&run);
}

// Whose an item is, is looked for at every uuid in it. One that names two conversations
// in turns, thousands of times, would be an hour's work.
static void test_an_item_full_of_uuids(void **state)
{
    enum { TURNS = 5000 };
    static const char OTHER[] = "00000000-0000-4000-8000-000000000002";
    struct run run;
    struct told told;
    struct buf item;
    struct reconciler *reconciler =
        open_run(&run, STR(TRANSCRIPT "---\nconversation: 00000000-0000-4000-8000-"
                                      "000000000002\nparticipants: { A: a }\n"
                                      "starts_at: 2023-03-19T12:00:00Z\n---\nA: x\n"));
    const char *why = NULL;
    (void)state;
    buf_init(&item, (size_t)1 << 20);
    buf_puts(&item, "{\"pk\":{\"S\":\"M#" CONVERSATION "\"},\"sk\":{\"S\":\"x\"},"
                    "\"id\":{\"S\":\"y\"},\"text\":{\"S\":\"");
    for (int i = 0; i < TURNS; i++) {
        buf_puts(&item, i % 2 == 0 ? CONVERSATION : OTHER);
        buf_char(&item, ' ');
    }
    buf_puts(&item, "\"}}");
    assert_true(reconciler_live(reconciler, buf_str(&item), &why));
    find(&told, reconciler, &run);
    assert_int_equal(told.counts[ITEM_ADDED], MESSAGES + 1);
    assert_int_equal(told.counts[ITEM_STALE], 0);
    buf_deinit(&item);
    reconciler_free(reconciler);
    run_deinit(&run);
}

// Nothing may be told of, let alone written, when the file is another one by now.
static void test_a_fixture_that_changes(void **state)
{
    char text[] = TRANSCRIPT;
    struct run run;
    struct told told = {0};
    struct change_sink to = {take, &told};
    struct reconciler *reconciler = open_run(&run, str_from(text));
    struct batch_sink sink = reconciler_changes(reconciler, &to);
    (void)state;
    *strstr(text, "12:00") = '2'; // 22:00
    assert_false(emit_unit(&run.compilation, &run.unit, &sink));
    assert_int_equal(run.stage.diags.errors, 1);
    assert_int_equal(run.stage.diags.kept[0].code, DIAG_FILE_CHANGED);
    assert_int_equal(told.counts[ITEM_ADDED], 0);
    reconciler_free(reconciler);
    run_deinit(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_flood),
        cmocka_unit_test(test_an_item_read_twice),
        cmocka_unit_test(test_an_item_full_of_uuids),
        cmocka_unit_test(test_a_fixture_that_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
