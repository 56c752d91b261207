// Rows and items from their YAML to the items that are emitted: order, batches, values
// of all types, what is left out, and what is wanted of handles.
#include "compile_stage.h"

#include "data_file.h"
#include "directory.h"
#include "item.h"
#include "survey.h"
#include "verify.h"

#include <stdio.h>

#define TABLE                                                                          \
    "table_name: shop\nattribute_definitions: {pk: S, sk: S}\n"                        \
    "key_schema: {hash: pk, range: sk}\nbilling_mode: PAY_PER_REQUEST\n"

struct data_run {
    struct run run;
    struct data_file data;
    struct source source;
};

// Every pass over a definition and a fixture of rows and items. False: diagnosed.
static bool data_check(struct data_run *data, const char *definition, const char *rows)
{
    struct run *run = &data->run;
    *data = (struct data_run){
        .source = {.name = STR("rows"), .fd = -1, .text = str_from(rows)}};
    if (!run_define(run, definition)) {
        return false;
    }
    run_users(run);
    const struct node *root = data_file_yaml(&data->data, &data->source,
                                             &run->stage.arena, &run->stage.diags);
    if (root == NULL || !data_file_is(root)) {
        return false;
    }
    data_file_read(&data->data, root, &run->stage.diags);
    if (data->data.broken) {
        return false;
    }
    struct fixture *fixture = compilation_add_fixture(&run->compilation, &data->source);
    fixture->data = &data->data;
    unit_add_fixture(&run->unit, fixture, &run->stage.arena);
    survey_fixtures(&run->compilation);
    directory_check(&run->unit, true, &run->stage.diags);
    verify_unit(&run->compilation, &run->unit);
    return run->stage.diags.errors == 0;
}

static void expect_items(struct data_run *data, const char *definition,
                         const char *rows, const char *const *wanted, size_t count)
{
    assert_true(data_check(data, definition, rows));
    assert_true(run_emit(&data->run));
    assert_int_equal(data->run.item_count, count);
    assert_int_equal(data->run.unit.item_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_text(data->run.items[i].json, wanted[i]);
    }
    run_deinit(&data->run);
}

static void test_values(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "{\"Item\":{\"pk\":{\"S\":\"1000\"},\"sk\":{\"S\":\"x\"},\"n\":{\"N\":\"1000\"}"
        ","
        "\"m\":{\"M\":{\"k\":{\"SS\":[\"a\"]},\"l\":{\"L\":[{\"NULL\":true}]}}}}}",
    };
    struct data_run data;
    expect_items(&data,
                 TABLE
                 "entities: {t: {for_each: t, attributes: {pk: '${row.n | trim}', "
                 "sk: x, n: '${row.n}', m: {k: '${row.s}', l: ['${row.z}']}}}}",
                 "rows: {t: [{n: 1e3, s: !SS [a], z: null}]}", wanted, 1);
}

static void test_left_out(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "{\"Item\":{\"pk\":{\"S\":\"a\"},\"sk\":{\"S\":\"x\"},\"m\":{\"M\":{}},"
        "\"l\":{\"L\":[{\"S\":\"a\"}]}}}",
        "{\"Item\":{\"pk\":{\"S\":\"b\"},\"sk\":{\"S\":\"x\"},\"o\":{\"S\":\"<1>\"},"
        "\"m\":{\"M\":{\"o\":{\"N\":\"1\"}}},\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"b\"}]"
        "},"
        "\"name\":{\"S\":\"Ann \\\"A\\\"\"}}}",
    };
    struct data_run data;
    expect_items(
        &data,
        TABLE "entities: {t: {for_each: t, attributes: {pk: '${row.id}', sk: x, "
              "o: '<${row.o?}>', m: {o: '${row.o?}'}, l: ['${row.o?}', "
              "'${row.id}'], name: '${row.u.display_name?}'}}}",
        "rows: {t: [{id: a, u: !handle c}, {id: b, o: 1, u: !handle a}]}", wanted, 2);
}

// Rows come before items, and a batch takes 25 of either.
static void test_batches(void **state)
{
    (void)state;
    char rows[4096];
    size_t len = (size_t)snprintf(rows, sizeof rows,
                                  "items: [{pk: last, sk: x}]\n"
                                  "rows:\n  t:\n");
    for (int i = 0; i < 51; i++) {
        len += (size_t)snprintf(rows + len, sizeof rows - len, "    - {id: r%d}\n", i);
    }
    struct data_run data;
    assert_true(data_check(
        &data,
        TABLE "entities: {t: {for_each: t, attributes: {pk: '${row.id}', sk: x}}}",
        rows));
    assert_true(run_emit(&data.run));
    assert_int_equal(data.run.item_count, 52);
    assert_int_equal(data.run.batch_count, 3);
    for (size_t i = 0; i < data.run.item_count; i++) {
        assert_int_equal(data.run.items[i].batch, i / 25);
        assert_int_equal(data.run.items[i].line, i == 51 ? 1 : 4 + i);
    }
    assert_text(data.run.items[51].json,
                "{\"Item\":{\"pk\":{\"S\":\"last\"},\"sk\":{\"S\":\"x\"}}}");
    run_deinit(&data.run);
}

// The sink says no, the user says stop: nothing more is emitted.
static void test_stops(void **state)
{
    (void)state;
    struct data_run data;
    const char *definition =
        TABLE "entities: {t: {for_each: t, attributes: {pk: '${row.id}', sk: x}}}";
    assert_true(data_check(&data, definition, "rows: {t: [{id: a}]}\n"));
    data.run.refuse_batch = 0;
    assert_false(run_emit(&data.run));
    run_deinit(&data.run);

    assert_true(data_check(&data, definition, "rows: {t: [{id: a}]}\n"));
    struct stop stop = {0};
    stop_set(&stop);
    data.run.compilation.stop = &stop;
    assert_false(run_emit(&data.run));
    assert_int_equal(data.run.item_count, 0);
    run_deinit(&data.run);
}

// Rows name handles; that users have to be known only where more than the handle is
// read.
static void test_wanted_handles(void **state)
{
    (void)state;
    struct data_run data;
    const char *rows = "rows: {t: [{u: !handle a}, {u: !handle b}]}\n";
    assert_true(data_check(&data,
                           TABLE "entities: {t: {for_each: t, attributes: {pk: "
                                 "'${row.u}', sk: '${row.u.handle}'}}}",
                           rows));
    assert_int_equal(data.run.unit.wanted.count, 2);
    assert_false(unit_reads_users(&data.run.unit));
    run_deinit(&data.run);

    assert_true(data_check(
        &data,
        TABLE "entities: {t: {for_each: t, attributes: {pk: '${row.u.uuid}', sk: x}}}",
        rows));
    assert_true(unit_reads_users(&data.run.unit));
    run_deinit(&data.run);
}

// Each mistake of a row once, though two entities read it.
static void test_mistakes_once(void **state)
{
    (void)state;
    struct data_run data;
    assert_false(
        data_check(&data,
                   TABLE "entities:\n"
                         "  t: {for_each: t, attributes: {pk: 'T${row.id}', sk: x}}\n"
                         "  u: {for_each: t, attributes: {pk: 'U${row.id}', sk: x}}\n",
                   "rows:\n  t:\n    - {id: [1]}\n    - {di: 1}\n"));
    assert_int_equal(stage_count(&data.run.stage, DIAG_ROW_VALUE), 1);
    assert_int_equal(stage_count(&data.run.stage, DIAG_ROW_COLUMN_UNREAD), 1);
    assert_diags(&data.run.stage, 2); // that 'id' is missing is told by 'di'

    run_deinit(&data.run);
}

// What the service counts: 1 for a row that is one byte too large, none at the limit.
static void test_size(void **state)
{
    (void)state;
    static char rows[410000];
    for (size_t over = 0; over < 2; over++) {
        // pk (2) + 1, sk (2) + 1, x (1)
        int text = (int)(409600 - 7 + over);
        size_t len = (size_t)snprintf(rows, sizeof rows, "rows: {t: [{id: a, x: ");
        memset(rows + len, 'x', (size_t)text);
        snprintf(rows + len + text, sizeof rows - len - (size_t)text, "}]}");
        struct data_run data;
        bool ok = data_check(&data,
                             TABLE "entities: {t: {for_each: t, attributes: {pk: "
                                   "'${row.id}', sk: s, x: '${row.x}'}}}",
                             rows);
        assert_true(ok == (over == 0));
        if (over > 0) {
            assert_only_diag(&data.run.stage, DIAG_ITEM_SIZE, 1, 11);
        }
        run_deinit(&data.run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),         cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_batches),        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_wanted_handles), cmocka_unit_test(test_mistakes_once),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
