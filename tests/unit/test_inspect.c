// inspect: DescribeTable's answers as the struct that a definition gives.
#include "unit.h"

#include "inspect.h"
#include "members.h"
#include "table_admin.h"

#include <stdio.h>

#define KEYS                                                                           \
    "\"AttributeDefinitions\":[{\"AttributeName\":\"pk\",\"AttributeType\":\"S\"},"    \
    "{\"AttributeName\":\"sk\",\"AttributeType\":\"N\"}],"                             \
    "\"KeySchema\":[{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},"                  \
    "{\"AttributeName\":\"sk\",\"KeyType\":\"RANGE\"}]"
#define TABLE(members) "{\"Table\":{\"TableName\":\"t\"," KEYS "," members "}}"
#define INDEX(status)                                                                  \
    "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"g\",\"IndexStatus\":\"" status       \
    "\",\"KeySchema\":[{\"AttributeName\":\"sk\",\"KeyType\":\"HASH\"}],"              \
    "\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"a\","      \
    "\"b\"]},"                                                                         \
    "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":7,\"WriteCapacityUnits\":8}}]"

static bool describe(struct live_table *out, const char *body, struct arena *arena)
{
    return inspect_table(out, str_from(body), arena);
}

static void test_whole_table(void **state)
{
    struct arena arena = {0};
    struct live_table live;
    (void)state;
    assert_true(describe(
        &live,
        TABLE("\"TableStatus\":\"ACTIVE\",\"Unknown\":{\"a\":[1]},"
              "\"TableArn\":\"arn:aws:dynamodb:ca-central-1:123456789012:"
              "table/t\",\"ProvisionedThroughput\":{\"ReadCapacityUnits\":5,"
              "\"WriteCapacityUnits\":6,\"NumberOfDecreasesToday\":0},"
              "\"LocalSecondaryIndexes\":[{\"IndexName\":\"l\",\"KeySchema\":"
              "[{\"AttributeName\":\"pk\",\"KeyType\":\"HASH\"},"
              "{\"AttributeName\":\"x\",\"KeyType\":\"RANGE\"}],\"Projection\":"
              "{\"ProjectionType\":\"KEYS_ONLY\"}}]," INDEX("ACTIVE")),
        &arena));
    const struct table *table = &live.table;
    assert_int_equal(live.state, TABLE_ACTIVE);
    assert_text(live.account_id, "123456789012");
    assert_text(table->name, "t");
    assert_int_equal(table->attribute_count, 2);
    assert_int_equal(table_find_attribute(table, STR("sk"))->type, 'N');
    assert_text(table->key.hash[0].name, "pk");
    assert_text(table->key.range[0].name, "sk");
    assert_int_equal(table->billing_mode, BILLING_PROVISIONED);
    assert_true(table->capacity.provisioned.set);
    assert_int_equal(table->capacity.provisioned.write_units, 6);
    assert_int_equal(table->index_count, 2);
    assert_true(table->indexes[0].local);
    assert_int_equal(table->indexes[0].projection.type, PROJECTION_KEYS_ONLY);
    const struct secondary_index *index = table_find_index(table, STR("g"));
    assert_int_equal(index->projection.type, PROJECTION_INCLUDE);
    assert_int_equal(index->projection.count, 2);
    assert_text(index->projection.names[1].name, "b");
    assert_int_equal(index->capacity.provisioned.read_units, 7);
    arena_deinit(&arena);
}

static void test_on_demand(void **state)
{
    struct arena arena = {0};
    struct live_table live;
    (void)state;
    assert_true(describe(
        &live,
        TABLE("\"TableStatus\":\"ACTIVE\",\"BillingModeSummary\":"
              "{\"BillingMode\":\"PAY_PER_REQUEST\"},\"ProvisionedThroughput\":"
              "{\"ReadCapacityUnits\":0,\"WriteCapacityUnits\":0}"),
        &arena));
    assert_int_equal(live.table.billing_mode, BILLING_PAY_PER_REQUEST);
    assert_false(live.table.capacity.provisioned.set);
    assert_int_equal(live.account_id.len, 0);
    arena_deinit(&arena);
}

static void test_settings(void **state)
{
    struct arena arena = {0};
    struct live_table live;
    (void)state;
    assert_true(describe(
        &live,
        TABLE("\"TableStatus\":\"ACTIVE\",\"StreamSpecification\":{\"StreamEnabled\":"
              "true,"
              "\"StreamViewType\":\"OLD_IMAGE\"},\"SSEDescription\":{\"Status\":"
              "\"ENABLED\",\"KMSMasterKeyArn\":\"arn:x\"},\"TableClassSummary\":"
              "{\"TableClass\":\"STANDARD_INFREQUENT_ACCESS\"},"
              "\"DeletionProtectionEnabled\":true,\"OnDemandThroughput\":"
              "{\"MaxReadRequestUnits\":-1,\"MaxWriteRequestUnits\":7},"
              "\"WarmThroughput\":{\"ReadUnitsPerSecond\":12000,"
              "\"WriteUnitsPerSecond\":4000,\"Status\":\"ACTIVE\"}"),
        &arena));
    const struct table_settings *settings = &live.table.settings;
    assert_int_equal(settings->stream.state, SETTING_ENABLED);
    assert_int_equal(settings->stream.view_type, STREAM_OLD_IMAGE);
    assert_int_equal(settings->sse.state, SETTING_ENABLED);
    assert_text(settings->sse.kms_master_key_id, "arn:x");
    assert_int_equal(settings->table_class, TABLE_CLASS_STANDARD_INFREQUENT_ACCESS);
    assert_int_equal(settings->deletion_protection, SETTING_ENABLED);
    assert_int_equal(live.table.capacity.on_demand.read_units, 0);
    assert_int_equal(live.table.capacity.on_demand.write_units, 7);
    assert_int_equal(live.table.capacity.warm.read_units, 12000);
    assert_int_equal(settings->time_to_live.state, SETTING_UNSAID); // a call of its own
    arena_deinit(&arena);
}

// Whatever a list is, there is room for what is read of it.
static void test_lists_that_are_none(void **state)
{
    struct arena arena = {0};
    struct live_table live;
    (void)state;
    assert_false(describe(&live,
                          "{\"Table\":{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\","
                          "\"AttributeDefinitions\":{\"a\":{\"AttributeName\":\"pk\","
                          "\"AttributeType\":\"S\"},\"b\":{}}}}",
                          &arena));
    assert_false(describe(
        &live,
        TABLE("\"TableStatus\":\"ACTIVE\",\"GlobalSecondaryIndexes\":{\"a\":{}}"),
        &arena));
    arena_deinit(&arena);
}

// A155, A162: what is not told is not there.
static void test_no_settings(void **state)
{
    struct arena arena = {0};
    struct live_table live;
    (void)state;
    assert_true(describe(&live, TABLE("\"TableStatus\":\"ACTIVE\""), &arena));
    const struct table_settings *settings = &live.table.settings;
    assert_int_equal(settings->stream.state, SETTING_DISABLED);
    assert_int_equal(settings->sse.state, SETTING_DISABLED);
    assert_int_equal(settings->table_class, TABLE_CLASS_STANDARD);
    assert_int_equal(settings->deletion_protection, SETTING_DISABLED);
    assert_false(live.table.capacity.warm.set);
    arena_deinit(&arena);
}

// A199.
static void test_switches(void **state)
{
    static const struct {
        const char *status;
        enum setting expected;
    } ROWS[] = {
        {"ENABLING", SETTING_ENABLED},    {"ENABLED", SETTING_ENABLED},
        {"DISABLING", SETTING_DISABLING}, {"DISABLED", SETTING_DISABLED},
        {"FAILED", SETTING_DISABLED},     {"WELL", SETTING_UNSAID},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        bool known = ROWS[i].expected != SETTING_UNSAID;
        struct time_to_live ttl;
        struct point_in_time_recovery recovery;
        struct contributor_insights insights;
        struct str body = arena_printf(
            &arena,
            "{\"TimeToLiveDescription\":{\"TimeToLiveStatus\":\"%s\","
            "\"AttributeName\":\"ends\"},\"ContinuousBackupsDescription\":{"
            "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":\"%s\","
            "\"RecoveryPeriodInDays\":7}},\"ContributorInsightsStatus\":\"%s\","
            "\"ContributorInsightsMode\":\"THROTTLED_KEYS\"}",
            ROWS[i].status, ROWS[i].status, ROWS[i].status);
        assert_int_equal(inspect_time_to_live(&ttl, body, &arena), known);
        assert_int_equal(inspect_recovery(&recovery, body), known);
        assert_int_equal(inspect_insights(&insights, body), known);
        assert_int_equal(ttl.state, ROWS[i].expected);
        assert_int_equal(recovery.state, ROWS[i].expected);
        assert_int_equal(insights.state, ROWS[i].expected);
        assert_text(ttl.attribute_name, "ends");
        assert_int_equal(recovery.recovery_period_in_days, 7);
        assert_int_equal(insights.mode, INSIGHTS_THROTTLED_KEYS);
        arena_deinit(&arena);
    }
}

#define TAG(key) "{\"Key\":\"" key "\",\"Value\":\"1\"}"

static void test_tags(void **state)
{
    static const char *const REFUSED[] = {"{}", "{\"Tags\":{}}", "[]", "no JSON"};
    struct arena arena = {0};
    struct table_settings settings = {0};
    struct str next;
    (void)state;
    assert_true(inspect_tags(&settings, &next,
                             str_from("{\"NextToken\":\"n\",\"Tags\":["
                                      "{\"Key\":\"a\",\"Value\":\"1\"}]}"),
                             &arena));
    assert_text(next, "n");
    assert_true(inspect_tags(&settings, &next,
                             str_from("{\"Tags\":[{\"Key\":\"b\",\"Value\":\"\"}]}"),
                             &arena));
    assert_int_equal(next.len, 0);
    assert_true(inspect_tags(&settings, &next, str_from("{\"Tags\":[]}"), &arena));
    assert_int_equal(settings.tag_count, 2);
    assert_text(settings.tags[0].value, "1");
    assert_text(settings.tags[1].key, "b");
    assert_int_equal(settings.tags[1].value.len, 0);
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        assert_false(inspect_tags(&settings, &next, str_from(REFUSED[i]), &arena));
    }
    arena_deinit(&arena);
}

// Pages may say the same tag twice, whichever is the last.
static void test_tags_are_distinct(void **state)
{
    static const struct {
        const char *body;
        bool distinct;
    } ROWS[] = {
        {"{\"Tags\":[]}", true},
        {"{\"Tags\":[" TAG("a") "," TAG("b") "," TAG("A") "]}", true},
        {"{\"Tags\":[" TAG("a") "," TAG("a") "]}", false},
        {"{\"Tags\":[" TAG("a") "," TAG("a") "," TAG("b") "]}", false},
        {"{\"Tags\":[" TAG("a") "," TAG("b") "," TAG("a") "]}", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        struct table_settings settings = {0};
        struct str next;
        assert_true(inspect_tags(&settings, &next, str_from(ROWS[i].body), &arena));
        assert_true(members_tags_are_distinct(&settings) == ROWS[i].distinct);
        arena_deinit(&arena);
    }
}

static void test_policy(void **state)
{
    struct arena arena = {0};
    struct str policy;
    (void)state;
    assert_true(inspect_policy(
        &policy, str_from("{\"Policy\":\"{\\\"a\\\":1}\",\"RevisionId\":\"7\"}"),
        &arena));
    assert_text(policy, "{\"a\":1}");
    assert_false(inspect_policy(&policy, str_from("{\"RevisionId\":\"7\"}"), &arena));
    assert_false(inspect_policy(&policy, str_from("{\"Policy\":{}}"), &arena));
    arena_deinit(&arena);
}

// Encryption and warm throughput change while the table is ACTIVE.
static void test_settling(void **state)
{
    static const struct {
        const char *members;
        bool settling;
    } ROWS[] = {
        {"\"SSEDescription\":{\"Status\":\"ENABLED\"},"
         "\"WarmThroughput\":{\"Status\":\"ACTIVE\"}",
         false},
        {"\"SSEDescription\":{\"Status\":\"UPDATING\"}", true},
        {"\"SSEDescription\":{\"Status\":\"ENABLING\"}", true},
        {"\"WarmThroughput\":{\"Status\":\"UPDATING\"}", true},
        {"\"GlobalSecondaryIndexes\":[{\"IndexName\":\"g\",\"IndexStatus\":\"ACTIVE\","
         "\"KeySchema\":[{\"AttributeName\":\"sk\",\"KeyType\":\"HASH\"}],"
         "\"Projection\":{\"ProjectionType\":\"ALL\"},"
         "\"WarmThroughput\":{\"Status\":\"UPDATING\"}}]",
         true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        struct live_table live;
        struct str body = arena_printf(&arena,
                                       "{\"Table\":{\"TableName\":\"t\"," KEYS
                                       ",\"TableStatus\":\"ACTIVE\",%s}}",
                                       ROWS[i].members);
        assert_true(inspect_table(&live, body, &arena));
        assert_int_equal(live.state, TABLE_ACTIVE);
        assert_int_equal(live.settling, ROWS[i].settling);
        arena_deinit(&arena);
    }
}

static void test_states(void **state)
{
    static const struct {
        const char *status;
        enum table_state expected;
    } ROWS[] = {
        {"ACTIVE", TABLE_ACTIVE},
        {"CREATING", TABLE_PENDING},
        {"UPDATING", TABLE_PENDING},
        {"DELETING", TABLE_PENDING},
        {"SOMETHING_NEW", TABLE_PENDING}, // A263
        {"active", TABLE_PENDING},
        {"ARCHIVED", TABLE_BROKEN},
        {"INACCESSIBLE_ENCRYPTION_CREDENTIALS", TABLE_BROKEN},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        struct live_table live;
        struct str body = arena_printf(
            &arena, "{\"Table\":{\"TableName\":\"t\"," KEYS ",\"TableStatus\":\"%s\"}}",
            ROWS[i].status);
        assert_true(inspect_table(&live, body, &arena));
        assert_int_equal(live.state, ROWS[i].expected);
        assert_text(live.status, ROWS[i].status);
        arena_deinit(&arena);
    }
}

static void test_index_delays(void **state)
{
    struct arena arena = {0};
    struct live_table live;
    (void)state;
    assert_true(describe(&live, TABLE("\"TableStatus\":\"ACTIVE\"," INDEX("CREATING")),
                         &arena));
    assert_int_equal(live.state, TABLE_PENDING); // A262
    assert_text(live.status, "ACTIVE");          // the table's own
    assert_text(live.index, "g");
    assert_text(live.index_status, "CREATING");
    arena_deinit(&arena);
}

static void test_no_description(void **state)
{
    static const char *const BODIES[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"Table\":null}",
        "{\"Table\":{}}",
        "{\"table\":{\"TableName\":\"t\"," KEYS ",\"TableStatus\":\"ACTIVE\"}}",
        "{\"Table\":{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\"}}",
        "{\"Table\":{\"TableName\":7," KEYS ",\"TableStatus\":\"ACTIVE\"}}",
        "{\"Table\":{\"TableName\":\"t\"," KEYS "}}",
        "{\"Table\":{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\","
        "\"AttributeDefinitions\":[{}],\"KeySchema\":[]}}",
        TABLE("\"TableStatus\":\"ACTIVE\",\"GlobalSecondaryIndexes\":[{}]"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(BODIES); i++) {
        struct arena arena = {0};
        struct live_table live;
        if (describe(&live, BODIES[i], &arena)) {
            fail_msg("taken: %s", BODIES[i]);
        }
        arena_deinit(&arena);
    }
}

#define OF(attributes, key, indexes)                                                   \
    "{\"Table\":{\"TableName\":\"t\",\"TableStatus\":\"ACTIVE\","                      \
    "\"AttributeDefinitions\":[" attributes "],\"KeySchema\":[" key                    \
    "],\"GlobalSecondaryIndexes\":[" indexes "]}}"
#define DEFINED(name) "{\"AttributeName\":\"" name "\",\"AttributeType\":\"S\"}"
#define HASH(name) "{\"AttributeName\":\"" name "\",\"KeyType\":\"HASH\"}"
#define RANGE(name) "{\"AttributeName\":\"" name "\",\"KeyType\":\"RANGE\"}"
#define GLOBAL(name, key, projected)                                                   \
    "{\"IndexName\":\"" name "\",\"IndexStatus\":\"ACTIVE\",\"KeySchema\":[" key       \
    "],\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":"           \
    "[" projected "]}}"

// Whatever stands there twice, first or last, makes it no answer: two of one name would
// be compared as if they were one. The same names in two places are two things.
static void test_twice(void **state)
{
    static const struct {
        const char *body;
        bool fine;
    } ROWS[] = {
        {OF(DEFINED("a") "," DEFINED("b"), HASH("a") "," RANGE("b"),
            GLOBAL("a", HASH("b") "," RANGE("a"),
                   "\"c\",\"d\"") "," GLOBAL("b", HASH("a"), "\"c\"")),
         true},
        {OF(DEFINED("a") "," DEFINED("a"), HASH("a"), ""), false},
        {OF(DEFINED("a") "," DEFINED("a") "," DEFINED("b"), HASH("a"), ""), false},
        {OF(DEFINED("a"), HASH("a") "," HASH("a"), ""), false},
        {OF(DEFINED("a"), HASH("a") "," RANGE("a"), ""), false},
        {OF(DEFINED("a") "," DEFINED("b"), HASH("a") "," RANGE("b") "," RANGE("b"), ""),
         false},
        {OF(DEFINED("a"), HASH("a"),
            GLOBAL("g", HASH("a"), "\"c\"") "," GLOBAL("g", HASH("a"), "\"c\"")),
         false},
        {OF(DEFINED("a"), HASH("a"), GLOBAL("g", HASH("a") "," HASH("a"), "\"c\"")),
         false},
        {OF(DEFINED("a"), HASH("a"), GLOBAL("g", HASH("a") "," RANGE("a"), "\"c\"")),
         false},
        {OF(DEFINED("a"), HASH("a"), GLOBAL("g", HASH("a"), "\"c\",\"c\"")), false},
        {OF(DEFINED("a"), HASH("a"), GLOBAL("g", HASH("a"), "\"c\",\"c\",\"d\"")),
         false},
        {OF(DEFINED("a"), HASH("a"),
            GLOBAL("g", HASH("a"), "\"c\",\"c\"") "," GLOBAL("h", HASH("a"), "\"c\"")),
         false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct arena arena = {0};
        struct live_table live;
        if (describe(&live, ROWS[i].body, &arena) != ROWS[i].fine) {
            fail_msg("%s: %s", ROWS[i].fine ? "refused" : "taken", ROWS[i].body);
        }
        arena_deinit(&arena);
    }
}

static void test_arn_and_names(void **state)
{
    struct arena arena = {0};
    struct str *names = NULL;
    struct str last;
    size_t count = 0;
    (void)state;
    assert_text(inspect_arn_account(STR("arn:aws:dynamodb:r:000000000000:table/t")),
                "000000000000");
    assert_int_equal(inspect_arn_account(STR("arn:aws:dynamodb")).len, 0);
    assert_int_equal(inspect_arn_account(STR("")).len, 0);
    assert_text(inspect_created_arn(
                    STR("{\"TableDescription\":{\"TableArn\":\"a:b\"}}"), &arena),
                "a:b");
    assert_int_equal(inspect_created_arn(STR("{}"), &arena).len, 0);
    assert_true(inspect_table_names(&names, &count, &last,
                                    STR("{\"TableNames\":[\"a_1\",\"b.-\"],"
                                        "\"LastEvaluatedTableName\":\"b.-\"}"),
                                    &arena));
    assert_int_equal(count, 2);
    assert_text(names[1], "b.-");
    assert_text(last, "b.-");
    assert_false(inspect_table_names(&names, &count, &last, STR("{\"TableNames\":[1]}"),
                                     &arena));
    assert_false(inspect_table_names(&names, &count, &last, STR("{}"), &arena));
    assert_false(inspect_table_names(&names, &count, &last,
                                     STR("{\"TableNames\":[\"ab\"]}"), &arena));
    assert_false(inspect_table_names(
        &names, &count, &last, STR("{\"TableNames\":[\"a\\u001b[2J\"]}"), &arena));
    assert_false(inspect_table_names(
        &names, &count, &last,
        STR("{\"TableNames\":[],\"LastEvaluatedTableName\":\"a b\"}"), &arena));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_table),
        cmocka_unit_test(test_on_demand),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_lists_that_are_none),
        cmocka_unit_test(test_no_settings),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_tags_are_distinct),
        cmocka_unit_test(test_policy),
        cmocka_unit_test(test_settling),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_index_delays),
        cmocka_unit_test(test_no_description),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_arn_and_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
