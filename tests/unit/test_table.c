// table_read and table_check: the service's rules about names, keys, indexes,
// projections and capacity, each at its limit.
#include "stage.h"

#include "buf.h"
#include "definition.h"
#include "yaml_read.h"

#include <stdio.h>
#include <string.h>

#define KEYS                                                                           \
    "attribute_definitions: {pk: S, sk: B}\nkey_schema: {hash: pk, range: sk}\n"
// With `at`, which only local indexes have for a key.
#define KEYS_AT                                                                        \
    "attribute_definitions: {pk: S, sk: B, at: N}\nkey_schema: {hash: pk, range: "     \
    "sk}\n"
#define ON_DEMAND "billing_mode: PAY_PER_REQUEST\n"
#define HEAD "table_name: messages\n" KEYS ON_DEMAND // lines 1 to 4

static bool read_definition(struct stage *stage, struct definition *out,
                            const char *text)
{
    stage_init(stage, text);
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    return definition_read(out, root, &stage->source, &stage->arena, &stage->diags);
}

static void expect_legal(const char *text)
{
    struct stage stage;
    struct definition definition;
    bool ok = read_definition(&stage, &definition, text);
    assert_clean(&stage);
    assert_true(ok);
    stage_deinit(&stage);
}

static void expect_only(const char *text, enum diag_code code, uint32_t line,
                        uint32_t column)
{
    struct stage stage;
    struct definition definition;
    print_message("%s\n", text);
    assert_false(read_definition(&stage, &definition, text));
    assert_only_diag(&stage, code, line, column);
    stage_deinit(&stage);
}

static void test_everything(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_true(read_definition(
        &stage, &definition,
        "table_name: cruddur-messages\n"
        "attribute_definitions: {pk: S, sk: S, g: S, h: B}\n"
        "key_schema: {hash: pk, range: sk}\n"
        "global_secondary_indexes:\n"
        "  by-g:\n"
        "    key_schema: {hash: [g, h], range: [sk, pk]}\n"
        "    projection: {include: [a, b]}\n"
        "    provisioned_throughput: {read_capacity_units: 1, write_capacity_units: "
        "39994}\n"
        "local_secondary_indexes:\n"
        "  by-h: {key_schema: {hash: pk, range: h}, projection: KEYS_ONLY}\n"
        "provisioned_throughput: {read_capacity_units: 5, write_capacity_units: 6}\n"));
    assert_clean(&stage);
    const struct table *table = &definition.table;
    assert_text(table->name, "cruddur-messages");
    assert_int_equal(table->attribute_count, 4);
    assert_int_equal(table_find_attribute(table, STR("h"))->type, 'B');
    assert_null(table_find_attribute(table, STR("x")));
    assert_text(table->key.range[0].name, "sk");
    assert_int_equal(table->billing_mode, BILLING_PROVISIONED);
    assert_int_equal(table->capacity.provisioned.write_units, 6);
    assert_int_equal(table->index_count, 2);
    assert_text(table->indexes[0].name, "by-h"); // local ones first
    assert_true(table->indexes[0].local);
    assert_int_equal(table->indexes[0].projection.type, PROJECTION_KEYS_ONLY);
    const struct secondary_index *index = table_find_index(table, STR("by-g"));
    assert_ptr_equal(index, &table->indexes[1]);
    assert_int_equal(index->key.hash_count, 2);
    assert_int_equal(index->key.range_count, 2);
    assert_text(index->key.range[1].name, "pk");
    assert_int_equal(index->projection.type, PROJECTION_INCLUDE);
    assert_int_equal(index->projection.count, 2);
    assert_int_equal(index->capacity.provisioned.write_units, 39994);
    stage_deinit(&stage);
}

static void test_settings(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_true(read_definition(
        &stage, &definition,
        HEAD "on_demand_throughput: {max_write_request_units: 7}\n"
             "stream_specification: {stream_view_type: OLD_IMAGE}\n"
             "sse_specification: {enabled: false}\n"
             "table_class: STANDARD_INFREQUENT_ACCESS\n"
             "deletion_protection_enabled: false\n"
             "tags: {b: '', a: x}\n"
             "resource_policy: {Statement: {Effect: Deny, Principal: p, "
             "Action: a}, a: [1.0, true, ~]}\n"
             "time_to_live: {attribute_name: ends, enabled: false}\n"
             "point_in_time_recovery: {}\n"
             "contributor_insights: {mode: THROTTLED_KEYS}\n"));
    assert_clean(&stage);
    const struct table *table = &definition.table;
    const struct table_settings *settings = &table->settings;
    assert_int_equal(table->capacity.on_demand.read_units, 0);
    assert_int_equal(table->capacity.on_demand.write_units, 7);
    assert_false(table->capacity.warm.set);
    assert_int_equal(settings->stream.state, SETTING_ENABLED);
    assert_int_equal(settings->stream.view_type, STREAM_OLD_IMAGE);
    assert_int_equal(settings->sse.state, SETTING_DISABLED);
    assert_int_equal(settings->table_class, TABLE_CLASS_STANDARD_INFREQUENT_ACCESS);
    assert_int_equal(settings->deletion_protection, SETTING_DISABLED);
    assert_int_equal(settings->tag_count, 2);
    assert_text(settings->tags[0].key, "b");
    assert_text(settings->tags[1].value, "x");
    assert_text(settings->resource_policy,
                "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"p\",\"Action\":"
                "\"a\"},\"a\":[1,true,null]}");
    assert_int_equal(settings->time_to_live.state, SETTING_DISABLED);
    assert_text(settings->time_to_live.attribute_name, "ends");
    assert_int_equal(settings->point_in_time_recovery.state, SETTING_ENABLED);
    assert_int_equal(settings->point_in_time_recovery.recovery_period_in_days, 0);
    assert_int_equal(settings->contributor_insights.mode, INSIGHTS_THROTTLED_KEYS);
    stage_deinit(&stage);
}

// N is the type's name, and no boolean of another dialect's.
static void test_number_keys(void **state)
{
    (void)state;

    expect_legal("table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: N}\n"
                 "key_schema: {hash: pk}\n");
}

static void test_one_mistake(void **state)
{
    static const struct {
        const char *text;
        enum diag_code code;
        uint32_t line, column;
    } rows[] = {
        {KEYS ON_DEMAND, DIAG_MISSING_KEY, 1, 0},
        {"table_name: a b c\n" KEYS ON_DEMAND, DIAG_TABLE_NAME, 1, 12},
        {"table_name: caf\xc3\xa9\n" KEYS ON_DEMAND, DIAG_TABLE_NAME, 1, 12},
        {HEAD "color: red\n", DIAG_UNKNOWN_KEY, 5, 0},
        // capacity
        {"table_name: messages\n" KEYS, DIAG_THROUGHPUT, 1, 12},
        {HEAD
         "provisioned_throughput: {read_capacity_units: 1, write_capacity_units: 1}\n",
         DIAG_THROUGHPUT, 5, 24},
        {HEAD
         "provisioned_throughput: {read_capacity_units: 0, write_capacity_units: 1}\n",
         DIAG_WRONG_VALUE, 5, 46},
        {HEAD "provisioned_throughput: {read_capacity_units: 1000000000001, "
              "write_capacity_units: 1}\n",
         DIAG_WRONG_VALUE, 5, 46},
        {HEAD "provisioned_throughput: {read_capacity_units: 1}\n", DIAG_MISSING_KEY, 5,
         24},
        // keys
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S}\n"
         "key_schema: {range: pk}\n",
         DIAG_MISSING_KEY, 4, 12},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S}\n"
         "key_schema: {hash: pk, range: pk}\n",
         DIAG_KEY_SCHEMA, 4, 30},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S}\n"
         "key_schema: {hash: [pk]}\n",
         DIAG_KEY_SCHEMA, 4, 19},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S}\n"
         "key_schema: {hash: pk, range: sk}\n",
         DIAG_ATTRIBUTE_UNDEFINED, 4, 30},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S, sk: S}\n"
         "key_schema: {hash: pk}\n",
         DIAG_ATTRIBUTE_UNUSED, 3, 31},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: BOOL}\n"
         "key_schema: {hash: pk}\n",
         DIAG_ATTRIBUTE_TYPE, 3, 28},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: s}\n"
         "key_schema: {hash: pk}\n",
         DIAG_ATTRIBUTE_TYPE, 3, 28},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: [pk]\n"
         "key_schema: {hash: pk}\n",
         DIAG_WRONG_TYPE, 3, 23},
        // indexes
        {HEAD "global_secondary_indexes: {}\n", DIAG_INDEX_EMPTY, 5, 26},
        {HEAD "local_secondary_indexes: {}\n", DIAG_INDEX_EMPTY, 5, 25},
        {HEAD "global_secondary_indexes:\n", DIAG_INDEX_EMPTY, 5, 25},
        {HEAD "global_secondary_indexes: [a]\n", DIAG_WRONG_TYPE, 5, 26},
        {HEAD
         "global_secondary_indexes: {ab: {key_schema: {hash: pk}, projection: ALL}}\n",
         DIAG_TABLE_NAME, 5, 27},
        {HEAD "global_secondary_indexes: {abc: {key_schema: {hash: pk}}}\n",
         DIAG_MISSING_KEY, 5, 32},
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: zz}, projection: "
              "ALL}\n",
         DIAG_ATTRIBUTE_UNDEFINED, 6, 27},
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: [pk, pk]}, "
              "projection: ALL}\n",
         DIAG_KEY_SCHEMA, 6, 32},
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: []}, projection: "
              "ALL}\n",
         DIAG_KEY_SCHEMA, 6, 27},
        {HEAD
         "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: ALL, "
         "provisioned_throughput: {read_capacity_units: 1, write_capacity_units: 1}}\n",
         DIAG_THROUGHPUT, 6, 73},
        {"table_name: messages\n" KEYS_AT ON_DEMAND
         "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: ALL}\n"
         "local_secondary_indexes:\n  abc: {key_schema: {hash: pk, range: at}, "
         "projection: ALL}\n",
         DIAG_INDEX_NAME_TWICE, 6, 2},
        {HEAD "local_secondary_indexes:\n  abc: {key_schema: {hash: sk, range: pk}, "
              "projection: ALL}\n",
         DIAG_LOCAL_INDEX, 6, 27},
        {HEAD
         "local_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: ALL}\n",
         DIAG_LOCAL_INDEX, 6, 20},
        {HEAD "local_secondary_indexes:\n  abc: {key_schema: {hash: pk, range: [sk]}, "
              "projection: ALL}\n",
         DIAG_KEY_SCHEMA, 6, 38},
        {"table_name: messages\n" KEYS_AT ON_DEMAND
         "local_secondary_indexes:\n  abc: {key_schema: {hash: pk, range: at}, "
         "projection: ALL, provisioned_throughput: {read_capacity_units: 1, "
         "write_capacity_units: 1}}\n",
         DIAG_KEY_REFUSED, 6, 60},
        {"table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S, x: S}\n"
         "key_schema: {hash: pk}\nlocal_secondary_indexes:\n"
         "  abc: {key_schema: {hash: pk, range: x}, projection: ALL}\n",
         DIAG_LOCAL_INDEX, 6, 2},
        // projections
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: "
              "all}\n",
         DIAG_PROJECTION, 6, 44},
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: "
              "{include: []}}\n",
         DIAG_PROJECTION, 6, 54},
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: "
              "{include: [a, b, a]}}\n",
         DIAG_PROJECTION, 6, 61},
        {HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, projection: "
              "{include: [1]}}\n",
         DIAG_WRONG_TYPE, 6, 55},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect_only(rows[i].text, rows[i].code, rows[i].line, rows[i].column);
    }
}

// PROVISIONED needs capacity for the table and each global index, but no local one.
static void test_provisioned_indexes(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_false(read_definition(
        &stage, &definition,
        "table_name: messages\n" KEYS_AT "global_secondary_indexes:\n"
        "  abc: {key_schema: {hash: pk}, projection: ALL}\nlocal_secondary_indexes:\n"
        "  loc: {key_schema: {hash: pk, range: at}, projection: ALL}\n"));
    assert_diags(&stage, 1);
    assert_diag(&stage, 0, DIAG_THROUGHPUT, 1, 12);
    stage_deinit(&stage);
}

static void put_repeated(struct buf *out, char c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_char(out, c);
    }
}

// A001, A005: 3 to 255; A008, A011: 1 to 255 bytes.
static void test_name_lengths(void **state)
{
    static const size_t lengths[] = {1, 2, 3, 255, 256};
    struct buf out;
    (void)state;

    buf_init(&out, 1 << 16);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        size_t n = lengths[i];
        bool name_legal = n >= 3 && n <= 255;
        buf_reset(&out);
        buf_puts(&out, "table_name: ");
        put_repeated(&out, 'a', n);
        buf_puts(&out, "\n" KEYS ON_DEMAND);
        name_legal ? expect_legal(buf_cstr(&out))
                   : expect_only(buf_cstr(&out), DIAG_TABLE_NAME, 1, 12);
        buf_reset(&out);
        buf_puts(&out, HEAD "global_secondary_indexes:\n  ");
        put_repeated(&out, 'i', n);
        buf_puts(&out, ": {key_schema: {hash: pk}, projection: {include: [");
        put_repeated(&out, 'p', 255);
        buf_puts(&out, "]}}\n");
        name_legal ? expect_legal(buf_cstr(&out))
                   : expect_only(buf_cstr(&out), DIAG_TABLE_NAME, 6, 2);
    }
    for (size_t n = 255; n <= 256; n++) {
        buf_reset(&out);
        buf_puts(&out, "table_name: abc\n" ON_DEMAND "attribute_definitions:\n  ");
        put_repeated(&out, 'k', n - 2);
        buf_puts(&out, "\xc3\xa9: S\nkey_schema: {hash: "); // bytes, not characters
        put_repeated(&out, 'k', n - 2);
        buf_puts(&out, "\xc3\xa9}\n");
        n == 255 ? expect_legal(buf_cstr(&out))
                 : expect_only(buf_cstr(&out), DIAG_ATTRIBUTE_NAME, 5, 19);
        buf_reset(&out);
        buf_puts(&out,
                 HEAD "global_secondary_indexes:\n  abc: {key_schema: {hash: pk}, "
                      "projection: {include: [");
        put_repeated(&out, 'p', n);
        buf_puts(&out, "]}}\n");
        n == 255 ? expect_legal(buf_cstr(&out))
                 : expect_only(buf_cstr(&out), DIAG_ATTRIBUTE_NAME, 6, 55);
    }
    buf_deinit(&out);
}

// A060: 5 local ones, no more; A080: 20 global ones, or a warning; both at once.
static void test_index_counts(void **state)
{
    static const struct {
        unsigned local, global;
        size_t errors, warnings;
    } rows[] = {{5, 20, 0, 0}, {6, 20, 1, 0}, {5, 21, 0, 1}, {7, 30, 1, 1}};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct stage stage;
        struct definition definition;
        struct buf out;
        buf_init(&out, 1 << 16);
        buf_puts(&out, "table_name: messages\n" KEYS_AT ON_DEMAND
                       "local_secondary_indexes:\n");
        for (unsigned k = 0; k < rows[i].local; k++) {
            buf_printf(
                &out, "  l%02u: {key_schema: {hash: pk, range: at}, projection: ALL}\n",
                k);
        }
        buf_puts(&out, "global_secondary_indexes:\n");
        for (unsigned k = 0; k < rows[i].global; k++) {
            buf_printf(&out, "  g%02u: {key_schema: {hash: pk}, projection: ALL}\n", k);
        }
        bool ok = read_definition(&stage, &definition, buf_cstr(&out));
        assert_true(ok == (rows[i].errors == 0));
        assert_diags(&stage, rows[i].errors + rows[i].warnings);
        assert_int_equal(stage_count(&stage, DIAG_INDEX_COUNT), rows[i].errors);
        assert_int_equal(stage_count(&stage, DIAG_INDEX_QUOTA), rows[i].warnings);
        buf_deinit(&out);
        stage_deinit(&stage);
    }
}

static void put_include(struct buf *out, unsigned index, unsigned names)
{
    buf_printf(out, "  g%02u: {key_schema: {hash: pk}, projection: {include: [", index);
    for (unsigned i = 0; i < names; i++) {
        buf_printf(out, "%sa%u", i > 0 ? ", " : "", i);
    }
    buf_puts(out, "]}}\n");
}

// A105: 20 names in one index; A106: 100 over all of them, repeated names counted.
static void test_projected_names(void **state)
{
    struct buf out;
    (void)state;

    buf_init(&out, 1 << 16);
    for (unsigned names = 20; names <= 21; names++) {
        buf_reset(&out);
        buf_puts(&out, HEAD "global_secondary_indexes:\n");
        put_include(&out, 0, names);
        names == 20 ? expect_legal(buf_cstr(&out))
                    : expect_only(buf_cstr(&out), DIAG_PROJECTION, 6, 54);
    }
    for (unsigned more = 0; more <= 1; more++) {
        buf_reset(&out);
        buf_puts(&out, HEAD "global_secondary_indexes:\n");
        for (unsigned i = 0; i < 5; i++) {
            put_include(&out, i, 20);
        }
        if (more == 0) {
            expect_legal(buf_cstr(&out));
            continue;
        }
        put_include(&out, 5, 1);
        struct stage stage;
        struct definition definition;
        assert_false(read_definition(&stage, &definition, buf_cstr(&out)));
        assert_int_equal(stage_count(&stage, DIAG_PROJECTION), 1);
        assert_diags(&stage, 1);
        stage_deinit(&stage);
    }
    buf_deinit(&out);
}

// A040, A041: up to 4 attributes on each side of a global index.
static void test_key_parts(void **state)
{
    (void)state;

    for (unsigned parts = 4; parts <= 5; parts++) {
        struct buf out;
        buf_init(&out, 1 << 16);
        buf_puts(&out, "table_name: abc\n" ON_DEMAND "attribute_definitions: {pk: S");
        for (unsigned i = 0; i < parts; i++) {
            buf_printf(&out, ", h%u: S, r%u: B", i, i);
        }
        buf_puts(&out, "}\nkey_schema: {hash: pk}\nglobal_secondary_indexes:\n"
                       "  abc: {projection: ALL, key_schema: {hash: [h0");
        for (unsigned i = 1; i < parts; i++) {
            buf_printf(&out, ", h%u", i);
        }
        buf_puts(&out, "], range: [r0");
        for (unsigned i = 1; i < parts; i++) {
            buf_printf(&out, ", r%u", i);
        }
        buf_puts(&out, "]}}\n");
        if (parts == 4) {
            expect_legal(buf_cstr(&out));
        } else {
            struct stage stage;
            struct definition definition;
            assert_false(read_definition(&stage, &definition, buf_cstr(&out)));
            assert_diags(&stage, 2);
            assert_diag(&stage, 0, DIAG_KEY_SCHEMA, 6, 44);
            assert_int_equal(stage.diags.kept[1].code, DIAG_KEY_SCHEMA);
            stage_deinit(&stage);
        }
        buf_deinit(&out);
    }
}

static void test_all_mistakes(void **state)
{
    struct stage stage;
    struct definition definition;
    (void)state;

    assert_false(
        read_definition(&stage, &definition,
                        "table_name: a\nattribute_definitions: {pk: X}\n"
                        "key_schema: {hash: 5}\nbiling_mode: PROVISIONED\n"
                        "global_secondary_indexes: {i: {key_schema: {hash: [pk, pk]}, "
                        "projection: {include: []}}}\n"));
    assert_diags(&stage, 7); // none about capacity: the mode is not known
    assert_diag(&stage, 0, DIAG_UNKNOWN_KEY, 4, 0);
    assert_text(stage.diags.kept[0].help, "did you mean 'billing_mode'?");
    assert_diag(&stage, 1, DIAG_TABLE_NAME, 1, 12);
    assert_diag(&stage, 2, DIAG_ATTRIBUTE_TYPE, 2, 28);
    assert_diag(&stage, 3, DIAG_WRONG_TYPE, 3, 19);
    assert_diag(&stage, 4, DIAG_TABLE_NAME, 5, 27);
    assert_diag(&stage, 5, DIAG_KEY_SCHEMA, 5, 55);
    assert_diag(&stage, 6, DIAG_PROJECTION, 5, 83);
    stage_deinit(&stage);
}

// What an index's entries hold of an item.
static void test_index_holds(void **state)
{
    static const struct {
        const char *projection;
        const char *held; // of pk, sk, at, a and b, one letter each
    } ROWS[] = {
        {"ALL", "psxab"},
        {"KEYS_ONLY", "psx"},
        {"{include: [a]}", "psxa"},
    };
    static const char *const NAMES[] = {"pk", "sk", "at", "a", "b"};
    (void)state;

    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct stage stage;
        struct definition definition;
        char text[512];
        (void)snprintf(text, sizeof text,
                       "table_name: messages\n" KEYS_AT ON_DEMAND
                       "local_secondary_indexes:\n"
                       "  by-at: {key_schema: {hash: pk, range: at}, projection: %s}\n",
                       ROWS[i].projection);
        assert_true(read_definition(&stage, &definition, text));
        const struct table *table = &definition.table;
        for (size_t k = 0; k < COUNT_OF(NAMES); k++) {
            bool held =
                table_index_holds(table, &table->indexes[0], str_from(NAMES[k]));
            assert_int_equal(held, strchr(ROWS[i].held, "psxab"[k]) != NULL);
        }
        stage_deinit(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_number_keys),
        cmocka_unit_test(test_one_mistake),
        cmocka_unit_test(test_provisioned_indexes),
        cmocka_unit_test(test_name_lengths),
        cmocka_unit_test(test_index_counts),
        cmocka_unit_test(test_projected_names),
        cmocka_unit_test(test_key_parts),
        cmocka_unit_test(test_index_holds),
        cmocka_unit_test(test_all_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
