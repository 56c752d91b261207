// query and request: access patterns to Query members, tables to CreateTable.
#include "stage.h"

#include "arguments.h"
#include "definition.h"
#include "query.h"
#include "query_write.h"
#include "request.h"
#include "yaml_read.h"

#include <string.h>

// The pattern begins at line 7, column 6.
#define HEAD                                                                           \
    "table_name: t.1\nattribute_definitions: {pk: S, sk: S, nn: \"N\", a: S, b: S, "   \
    "c: S}\n"                                                                          \
    "key_schema: {hash: pk, range: sk}\nbilling_mode: PAY_PER_REQUEST\n"               \
    "global_secondary_indexes: {by-n: {key_schema: {hash: a, range: nn}, projection: " \
    "ALL}, "                                                                           \
    "multi: {key_schema: {hash: [a, b], range: [c, sk]}, projection: ALL}}\n"          \
    "access_patterns:\n  p: {"

struct scene {
    struct stage stage;
    struct definition definition;
    struct query query;
    struct users users;
    struct buf text;
};

static bool scene_init(struct scene *scene, const char *pattern)
{
    buf_init(&scene->text, 1 << 16);
    buf_puts(&scene->text, HEAD);
    buf_puts(&scene->text, pattern);
    buf_puts(&scene->text, "}\n");
    stage_init(&scene->stage, buf_cstr(&scene->text));
    struct stage *stage = &scene->stage;
    const struct node *root = yaml_read(&stage->source, &stage->arena, &stage->diags);
    assert_non_null(root);
    if (!definition_read(&scene->definition, root, &stage->source, &stage->arena,
                         &stage->diags)) {
        stage_print(stage);
        fail_msg("%s", pattern);
    }
    users_init(&scene->users, &stage->arena);
    scene->users.columns[0] = STR("handle");
    scene->users.columns[1] = STR("uuid");
    scene->users.column_count = 2;
    struct user_field a[] = {{.text = STR("a")}, {.text = STR("u-a")}};
    struct user_field b[] = {{.text = STR("b")}, {.null = true}};
    assert_non_null(users_add(&scene->users, STR("a"), a));
    assert_non_null(users_add(&scene->users, STR("b"), b));
    size_t exprs = 0;
    return query_build(&scene->query, &scene->definition.patterns[0],
                       &scene->definition.table, &exprs, &stage->arena, &stage->diags);
}

static void scene_deinit(struct scene *scene)
{
    buf_deinit(&scene->text);
    stage_deinit(&scene->stage);
}

#define NONE NULL, NULL, NULL, NULL

static size_t count_of(const char *const *arguments)
{
    size_t count = 0;
    while (count < 4 && arguments[count] != NULL) {
        count++;
    }
    return count;
}

static void test_written(void **state)
{
    static const struct {
        const char *pattern;
        const char *arguments[4];
        const char *json; // behind the TableName
    } rows[] = {
        {"key: {pk: \"A\\\"B\"}",
         {NONE},
         ",\"KeyConditionExpression\":\"#k0 = :v0a\",\"ExpressionAttributeNames\":"
         "{\"#k0\":\"pk\"},\"ExpressionAttributeValues\":{\":v0a\":{\"S\":\"A\\\"B\"}},"
         "\"ScanIndexForward\":true"},
        {"parameters: {me: handle, y: string}, scan_index_forward: false, "
         "key: {pk: \"G#${me.uuid}/${me.handle}/${me}\", sk: {begins_with: \"${y}\"}}",
         {"y=a=b", "me=a", NULL, NULL},
         ",\"KeyConditionExpression\":\"#k0 = :v0a AND begins_with(#k1, :v1a)\","
         "\"ExpressionAttributeNames\":{\"#k0\":\"pk\",\"#k1\":\"sk\"},"
         "\"ExpressionAttributeValues\":{\":v0a\":{\"S\":\"G#u-a/a/a\"},"
         "\":v1a\":{\"S\":\"a=b\"}},\"ScanIndexForward\":false"},
        {"index: by-n, parameters: {lo: number}, key: {a: x, nn: {between: [\"${lo}\", "
         "!N 1e2]}}",
         {"lo=+1.50", NULL, NULL, NULL},
         ",\"IndexName\":\"by-n\",\"KeyConditionExpression\":"
         "\"#k0 = :v0a AND #k1 BETWEEN :v1a AND :v1b\",\"ExpressionAttributeNames\":"
         "{\"#k0\":\"a\",\"#k1\":\"nn\"},\"ExpressionAttributeValues\":"
         "{\":v0a\":{\"S\":\"x\"},\":v1a\":{\"N\":\"1.5\"},\":v1b\":{\"N\":\"100\"}},"
         "\"ScanIndexForward\":true"},
        {"index: by-n, key: {nn: {ge: -5}, a: x}",
         {NONE},
         ",\"IndexName\":\"by-n\",\"KeyConditionExpression\":\"#k0 >= :v0a AND #k1 = "
         ":v1a\","
         "\"ExpressionAttributeNames\":{\"#k0\":\"nn\",\"#k1\":\"a\"},"
         "\"ExpressionAttributeValues\":{\":v0a\":{\"N\":\"-5\"},\":v1a\":{\"S\":\"x\"}"
         "},"
         "\"ScanIndexForward\":true"},
        {"index: multi, parameters: {id: uuid}, "
         "key: {a: \"${id}\", b: yy, c: z, sk: {lt: w}}",
         {"id=5AE290ED-55D1-47A0-BC6D-FE2BC2700399", NULL, NULL, NULL},
         ",\"IndexName\":\"multi\",\"KeyConditionExpression\":"
         "\"#k0 = :v0a AND #k1 = :v1a AND #k2 = :v2a AND #k3 < :v3a\","
         "\"ExpressionAttributeNames\":{\"#k0\":\"a\",\"#k1\":\"b\",\"#k2\":\"c\","
         "\"#k3\":\"sk\"},\"ExpressionAttributeValues\":{\":v0a\":{\"S\":"
         "\"5ae290ed-55d1-47a0-bc6d-fe2bc2700399\"},\":v1a\":{\"S\":\"yy\"},"
         "\":v2a\":{\"S\":\"z\"},\":v3a\":{\"S\":\"w\"}},\"ScanIndexForward\":true"},
        {"parameters: {n: number}, key: {pk: \"P#${n | pad(4)}\", sk: {eq: \"$${n}\"}}",
         {"n=1e1", NULL, NULL, NULL},
         ",\"KeyConditionExpression\":\"#k0 = :v0a AND #k1 = :v1a\","
         "\"ExpressionAttributeNames\":{\"#k0\":\"pk\",\"#k1\":\"sk\"},"
         "\"ExpressionAttributeValues\":{\":v0a\":{\"S\":\"P#0010\"},"
         "\":v1a\":{\"S\":\"${n}\"}},\"ScanIndexForward\":true"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        struct argument values[4] = {0};
        struct bound_query bound;
        struct buf out;
        print_message("%s\n", rows[i].pattern);
        assert_true(scene_init(&scene, rows[i].pattern));
        assert_true(arguments_read(values, &scene.query, rows[i].arguments,
                                   count_of(rows[i].arguments), &scene.stage.arena,
                                   &scene.stage.diags));
        buf_init(&out, 1 << 16);
        assert_true(query_bind(&bound, &scene.query, values, &scene.users,
                               &scene.stage.arena, &scene.stage.diags));
        assert_true(query_write(&out, &bound, &scene.stage.arena, &scene.stage.diags));
        assert_clean(&scene.stage);
        struct str head = STR("{\"TableName\":\"t.1\"");
        assert_true(str_starts(buf_str(&out), head));
        assert_text(str_skip(buf_str(&out), head.len), rows[i].json);
        buf_deinit(&out);
        scene_deinit(&scene);
    }
}

static void test_illegal(void **state)
{
    static const struct {
        const char *pattern;
        enum diag_code code;
        uint32_t column;
    } rows[] = {
        {"key: {sk: x}", DIAG_PATTERN, 11},
        {"key: {pk: x, nope: z}", DIAG_PATTERN, 19},
        {"key: {pk: {lt: x}}", DIAG_PATTERN, 12},
        {"key: {pk: {begins_with: x}}", DIAG_PATTERN, 12},
        {"key: {pk: 5}", DIAG_KEY_TYPE, 16},
        {"key: {pk: x, sk: true}", DIAG_KEY_TYPE, 23},
        {"parameters: {n: number}, key: {pk: \"${n}\"}", DIAG_KEY_TYPE, 41},
        {"index: by-n, key: {a: x, nn: {begins_with: 1}}", DIAG_PATTERN, 31},
        {"index: by-n, key: {a: x, nn: y1}", DIAG_KEY_TYPE, 35},
        {"index: by-n, key: {pk: x}", DIAG_PATTERN, 25},
        {"index: by-m, key: {a: x}", DIAG_PATTERN, 13},
        {"index: multi, key: {a: x}", DIAG_PATTERN, 25},
        {"index: multi, key: {a: x, b: z, sk: w}", DIAG_PATTERN, 38},
        {"index: multi, key: {a: x, b: z, c: {lt: v}, sk: w}", DIAG_PATTERN, 50},
        {"key: {pk: \"${you}\"}", DIAG_EXPRESSION_PATH, 19},
        {"parameters: {y: string}, key: {pk: \"${y.uuid}\"}", DIAG_EXPRESSION_PATH, 44},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        print_message("%s\n", rows[i].pattern);
        assert_false(scene_init(&scene, rows[i].pattern));
        assert_diags(&scene.stage, 1);
        assert_int_equal(scene.stage.diags.kept[0].code, rows[i].code);
        assert_int_equal(scene.stage.diags.kept[0].span.line, 7);
        assert_int_equal(scene.stage.diags.kept[0].span.column, rows[i].column);
        scene_deinit(&scene);
    }
}

// Binary keys are keys too.
static void test_binary_key(void **state)
{
    struct stage stage;
    struct definition definition;
    struct query query;
    struct buf out;
    (void)state;

    stage_init(&stage, "table_name: t.1\nattribute_definitions: {pk: B}\n"
                       "key_schema: {hash: pk}\nbilling_mode: PAY_PER_REQUEST\n"
                       "access_patterns: {p: {key: {pk: !B aGk=}}}\n");
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    assert_non_null(root);
    assert_true(
        definition_read(&definition, root, &stage.source, &stage.arena, &stage.diags));
    size_t exprs = 0;
    assert_true(query_build(&query, &definition.patterns[0], &definition.table, &exprs,
                            &stage.arena, &stage.diags));
    buf_init(&out, 4096);
    struct bound_query bound;
    assert_true(query_bind(&bound, &query, NULL, NULL, &stage.arena, &stage.diags));
    assert_true(query_write(&out, &bound, &stage.arena, &stage.diags));
    assert_true(str_find(buf_str(&out), STR("{\":v0a\":{\"B\":\"aGk=\"}}")) < out.len);
    buf_deinit(&out);
    stage_deinit(&stage);
}

static void test_unused_parameter(void **state)
{
    struct scene scene;
    (void)state;

    assert_true(
        scene_init(&scene, "parameters: {me: handle, y: string}, key: {pk: \"${y}\"}"));
    assert_diags(&scene.stage, 1);
    assert_int_equal(scene.stage.diags.kept[0].code, DIAG_PARAMETER_UNUSED);
    assert_int_equal(scene.stage.diags.kept[0].span.column, 19);
    assert_false(query_reads_users(&scene.query));
    scene_deinit(&scene);
    assert_true(scene_init(
        &scene, "parameters: {me: handle}, key: {pk: \"${me.handle}${me}\"}"));
    assert_false(query_reads_users(&scene.query));
    scene_deinit(&scene);
    assert_true(
        scene_init(&scene, "parameters: {me: handle}, key: {pk: \"${me.uuid}\"}"));
    assert_true(query_reads_users(&scene.query));
    scene_deinit(&scene);
}

static void test_arguments(void **state)
{
    static const struct {
        const char *arguments[4];
        size_t errors;
    } rows[] = {
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=5", NULL}, 0},
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", NULL, NULL}, 1},
        {{"y=x", "id=5ae290ed", "n=5", NULL}, 1},
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=five", NULL}, 1},
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=1e126", NULL}, 1},
        {{"y=", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=5", NULL}, 1},
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=5", "y=z"}, 1},
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=5", "q=z"}, 1},
        {{"y=x", "id=5ae290ed-55d1-47a0-bc6d-fe2bc2700399", "n=5", "y"}, 1},
        {{NONE}, 3},
    };
    (void)state;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene scene;
        struct argument values[3] = {0};
        assert_true(scene_init(&scene, "parameters: {y: string, id: uuid, n: number}, "
                                       "key: {pk: \"${y}${id}${n}\"}"));
        bool ok = arguments_read(values, &scene.query, rows[i].arguments,
                                 count_of(rows[i].arguments), &scene.stage.arena,
                                 &scene.stage.diags);
        assert_true(ok == (rows[i].errors == 0));
        assert_diags(&scene.stage, rows[i].errors);
        assert_int_equal(stage_count(&scene.stage, DIAG_PATTERN_PARAMETER),
                         rows[i].errors);
        scene_deinit(&scene);
    }
}

// What the command line gives need not be UTF-8; what is sent must be.
static void test_argument_not_utf8(void **state)
{
    static const char *const arguments[] = {"y=\xff\xfe"};
    struct scene scene;
    struct argument value = {0};
    (void)state;

    assert_true(scene_init(&scene, "parameters: {y: string}, key: {pk: \"${y}\"}"));
    assert_false(arguments_read(&value, &scene.query, arguments, 1, &scene.stage.arena,
                                &scene.stage.diags));
    assert_diags(&scene.stage, 1);
    scene_deinit(&scene);
}

static bool write_with(struct scene *scene, const char *pattern, struct str value)
{
    struct argument argument = {&value, 1};
    struct bound_query bound;
    assert_true(scene_init(scene, pattern));
    return query_bind(&bound, &scene->query, &argument, &scene->users,
                      &scene->stage.arena, &scene->stage.diags);
}

// 2,048 bytes of a hash key, 1,024 of a range key.
static void test_value_limits(void **state)
{
    static char text[4000];
    static const struct {
        const char *pattern;
        size_t max;
    } rows[] = {
        {"parameters: {y: string}, key: {pk: \"${y}\"}", 2048},
        {"parameters: {y: string}, key: {pk: x, sk: {gt: \"${y}\"}}", 1024},
    };
    struct scene scene;
    (void)state;

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_true(
            write_with(&scene, rows[i].pattern, (struct str){text, rows[i].max}));
        scene_deinit(&scene);
        assert_false(
            write_with(&scene, rows[i].pattern, (struct str){text, rows[i].max + 1}));
        assert_int_equal(stage_count(&scene.stage, DIAG_KEY_SIZE), 1);
        scene_deinit(&scene);
    }
    assert_false(write_with(
        &scene, "parameters: {y: string}, key: {pk: \"${y | trim}\"}", STR(" ")));
    assert_int_equal(stage_count(&scene.stage, DIAG_KEY_EMPTY), 1);
    scene_deinit(&scene);
    assert_false(write_with(
        &scene, "parameters: {me: handle}, key: {pk: \"${me.uuid}\"}", STR("z")));
    assert_int_equal(stage_count(&scene.stage, DIAG_HANDLE_UNKNOWN), 1);
    scene_deinit(&scene);
    assert_false(write_with(
        &scene, "parameters: {me: handle}, key: {pk: \"${me.uuid}\"}", STR("b")));
    assert_int_equal(stage_count(&scene.stage, DIAG_HANDLE_NULL), 1);
    scene_deinit(&scene);
    assert_false(write_with(
        &scene, "parameters: {y: string}, key: {pk: \"${y | pad(2)}\"}", STR("abc")));
    assert_int_equal(stage_count(&scene.stage, DIAG_PAD_OVERFLOW), 1);
    scene_deinit(&scene);
}

static void test_create_table(void **state)
{
    struct stage stage;
    struct definition definition;
    struct buf out;
    (void)state;

    stage_init(
        &stage,
        "table_name: t.1\nattribute_definitions: {pk: S, sk: \"N\", g: B}\n"
        "key_schema: {hash: pk, range: sk}\n"
        "global_secondary_indexes:\n"
        "  gs1: {key_schema: {hash: [g, pk], range: sk}, projection: {include: "
        "[\"a\\\"b\", "
        "c]}, provisioned_throughput: {read_capacity_units: 1, write_capacity_units: "
        "2}}\n"
        "  gs2: {key_schema: {hash: g}, projection: ALL, provisioned_throughput: "
        "{read_capacity_units: 3, write_capacity_units: 1000000000000}}\n"
        "local_secondary_indexes:\n"
        "  ls1: {key_schema: {hash: pk, range: g}, projection: KEYS_ONLY}\n"
        "provisioned_throughput: {read_capacity_units: 5, write_capacity_units: 6}\n");
    const struct node *root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    assert_non_null(root);
    assert_true(
        definition_read(&definition, root, &stage.source, &stage.arena, &stage.diags));
    buf_init(&out, 1 << 16);
    request_write_create_table(&out, &definition.table);
    assert_text(
        buf_str(&out),
        "{\"TableName\":\"t.1\",\"AttributeDefinitions\":["
        "{\"AttributeName\":\"pk\",\"AttributeType\":\"S\"},"
        "{\"AttributeName\":\"sk\",\"AttributeType\":\"N\"},"
        "{\"AttributeName\":\"g\",\"AttributeType\":\"B\"}],"
        "\"KeySchema\":[{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"sk\",\"KeyType\":\"RANGE\"}],"
        "\"LocalSecondaryIndexes\":[{\"IndexName\":\"ls1\",\"KeySchema\":["
        "{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"g\",\"KeyType\":\"RANGE\"}],"
        "\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"}}],"
        "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"gs1\",\"KeySchema\":["
        "{\"AttributeName\":\"g\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"sk\",\"KeyType\":\"RANGE\"}],"
        "\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":["
        "\"a\\\"b\",\"c\"]},"
        "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":1,\"WriteCapacityUnits\":2}},"
        "{\"IndexName\":\"gs2\",\"KeySchema\":[{\"AttributeName\":\"g\",\"KeyType\":"
        "\"HASH\"}],"
        "\"Projection\":{\"ProjectionType\":\"ALL\"},"
        "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":3,"
        "\"WriteCapacityUnits\":1000000000000}}],"
        "\"BillingMode\":\"PROVISIONED\","
        "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":5,\"WriteCapacityUnits\":6}"
        "}");
    buf_deinit(&out);
    stage_deinit(&stage);

    stage_init(&stage, "table_name: abc\nattribute_definitions: {pk: S}\n"
                       "key_schema: {hash: pk}\nbilling_mode: PAY_PER_REQUEST\n");
    root = yaml_read(&stage.source, &stage.arena, &stage.diags);
    assert_non_null(root);
    assert_true(
        definition_read(&definition, root, &stage.source, &stage.arena, &stage.diags));
    buf_init(&out, 1 << 16);
    request_write_create_table(&out, &definition.table);
    assert_text(
        buf_str(&out),
        "{\"TableName\":\"abc\",\"AttributeDefinitions\":[{\"AttributeName\":\"pk\","
        "\"AttributeType\":\"S\"}],\"KeySchema\":[{\"AttributeName\":\"pk\","
        "\"KeyType\":\"HASH\"}],\"BillingMode\":\"PAY_PER_REQUEST\"}");
    buf_deinit(&out);
    stage_deinit(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),      cmocka_unit_test(test_illegal),
        cmocka_unit_test(test_binary_key),   cmocka_unit_test(test_unused_parameter),
        cmocka_unit_test(test_arguments),    cmocka_unit_test(test_argument_not_utf8),
        cmocka_unit_test(test_value_limits), cmocka_unit_test(test_create_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
