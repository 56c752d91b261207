// table_diff: every typed change, and everything that is none. The live table is what a
// model of the service tells after it was made from the first definition.
#include "unit.h"

#include "policy_equal.h"
#include "table_stage.h"

#define BASE                                                                           \
    "table_name: messages\nattribute_definitions: { pk: S, sk: S }\n"                  \
    "key_schema: { hash: pk, range: sk }\n"
#define ON_DEMAND BASE "billing_mode: PAY_PER_REQUEST\n"
#define UNITS(r, w) "{ read_capacity_units: " #r ", write_capacity_units: " #w " }\n"
#define WITH_INDEX(types, index)                                                       \
    "table_name: messages\nattribute_definitions: { pk: S, sk: S, " types " }\n"       \
    "key_schema: { hash: pk, range: sk }\nbilling_mode: PAY_PER_REQUEST\n" index
#define GLOBAL(key, projection)                                                        \
    "global_secondary_indexes:\n  by-a:\n    key_schema: { " key " }\n"                \
    "    projection: " projection "\n"
#define LOCAL(range, projection)                                                       \
    "local_secondary_indexes:\n  by-a:\n"                                              \
    "    key_schema: { hash: pk, range: " range " }\n"                                 \
    "    projection: " projection "\n"
#define POLICY(action)                                                                 \
    "resource_policy: { Statement: [{ Effect: Allow, Principal: p, "                   \
    "Action: " action " }] }\n"

struct row {
    const char *before;
    const char *after;
    // A line each: sign, kind, "!" when destructive, "w" when it waits, path: from ->
    // to
    const char *changes;
};

// What differs.
static const struct row CHANGES[] = {
    {ON_DEMAND, BASE "provisioned_throughput: " UNITS(5, 6),
     "~ billing-mode w billing_mode: PAY_PER_REQUEST -> PROVISIONED\n"
     "+ provisioned-throughput w provisioned_throughput.read_capacity_units: 5\n"
     "+ provisioned-throughput w provisioned_throughput.write_capacity_units: 6\n"},
    {BASE "provisioned_throughput: " UNITS(5, 6), ON_DEMAND,
     "~ billing-mode w billing_mode: PROVISIONED -> PAY_PER_REQUEST\n"
     "- provisioned-throughput w provisioned_throughput.read_capacity_units: 5\n"
     "- provisioned-throughput w provisioned_throughput.write_capacity_units: 6\n"},
    {ON_DEMAND "on_demand_throughput: { max_read_request_units: 10 }\n",
     BASE "provisioned_throughput: " UNITS(5, 6), // A132
     "~ billing-mode w billing_mode: PAY_PER_REQUEST -> PROVISIONED\n"
     "+ provisioned-throughput w provisioned_throughput.read_capacity_units: 5\n"
     "+ provisioned-throughput w provisioned_throughput.write_capacity_units: 6\n"
     "- on-demand-throughput w on_demand_throughput.max_read_request_units: 10\n"},
    {ON_DEMAND "on_demand_throughput: { max_read_request_units: 10 }\n",
     ON_DEMAND "on_demand_throughput: { enabled: false }\n",
     "- on-demand-throughput w on_demand_throughput.max_read_request_units: 10\n"},
    {BASE "provisioned_throughput: " UNITS(20000, 6),
     BASE "provisioned_throughput: " UNITS(
         30000,
         6) "warm_throughput: { read_units_per_second: 40000 }\n", // from what is there
     "~ provisioned-throughput w provisioned_throughput.read_capacity_units: 20000 -> "
     "30000\n"
     "~ warm-throughput w warm_throughput.read_units_per_second: 20000 -> 40000\n"},
    {BASE "provisioned_throughput: " UNITS(5, 6),
     BASE "provisioned_throughput: " UNITS(5, 7),
     "~ provisioned-throughput w provisioned_throughput.write_capacity_units: 6 -> "
     "7\n"},
    {ON_DEMAND "on_demand_throughput: { max_read_request_units: 10, "
               "max_write_request_units: 20 }\n",
     ON_DEMAND "on_demand_throughput: { max_read_request_units: 30 }\n",
     "~ on-demand-throughput w on_demand_throughput.max_read_request_units: 10 -> 30\n"
     "- on-demand-throughput w on_demand_throughput.max_write_request_units: 20\n"},
    {ON_DEMAND, ON_DEMAND "warm_throughput: { read_units_per_second: 13000 }\n",
     "~ warm-throughput w warm_throughput.read_units_per_second: 12000 -> 13000\n"},
    {ON_DEMAND, WITH_INDEX("a: N", GLOBAL("hash: a", "ALL")),
     "+ index-added w global_secondary_indexes.by-a: { key_schema: { hash: a (N) }, "
     "projection: ALL }\n"},
    {WITH_INDEX("a: N", GLOBAL("hash: a, range: [sk, pk]", "{ include: [x, y] }")),
     ON_DEMAND,
     "- index-removed !w global_secondary_indexes.by-a: { key_schema: { hash: a (N), "
     "range: [sk (S), pk (S)] }, projection: { include: [x, y] } }\n"},
    {WITH_INDEX("a: N", GLOBAL("hash: a", "ALL")),
     WITH_INDEX("a: S", GLOBAL("hash: a", "KEYS_ONLY")),
     "~ index-replaced !w global_secondary_indexes.by-a.key_schema: { hash: a (N) } -> "
     "{ hash: a (S) }\n"
     "~ index-replaced !w global_secondary_indexes.by-a.projection: ALL -> "
     "KEYS_ONLY\n"},
    {WITH_INDEX("a: S, b: S", GLOBAL("hash: [a, b]", "ALL")),
     WITH_INDEX("a: S, b: S", GLOBAL("hash: [b, a]", "ALL")), // A049
     "~ index-replaced !w global_secondary_indexes.by-a.key_schema: { hash: [a (S), b "
     "(S)] } -> { hash: [b (S), a (S)] }\n"},
    {WITH_INDEX("a: N", GLOBAL("hash: a", "ALL")),
     WITH_INDEX(
         "a: N",
         GLOBAL("hash: a",
                "ALL") "    on_demand_throughput: { max_read_request_units: 5 }\n"
                       "    contributor_insights: {}\n"),
     "+ on-demand-throughput w "
     "global_secondary_indexes.by-a.on_demand_throughput.max_read_request_units: 5\n"
     "+ contributor-insights global_secondary_indexes.by-a.contributor_insights.mode: "
     "enabled\n"},
    {ON_DEMAND, ON_DEMAND "stream_specification: { stream_view_type: NEW_IMAGE }\n",
     "+ stream w stream_specification.stream_view_type: NEW_IMAGE\n"},
    {ON_DEMAND "stream_specification: { stream_view_type: NEW_IMAGE }\n",
     ON_DEMAND "stream_specification: { stream_view_type: KEYS_ONLY }\n",
     "~ stream !w stream_specification.stream_view_type: NEW_IMAGE -> KEYS_ONLY\n"},
    {ON_DEMAND "stream_specification: { stream_view_type: NEW_IMAGE }\n",
     ON_DEMAND "stream_specification: { enabled: false }\n",
     "- stream !w stream_specification.stream_view_type: NEW_IMAGE\n"},
    {ON_DEMAND, ON_DEMAND "sse_specification: {}\n",
     "+ encryption w sse_specification.kms_master_key_id: alias/aws/dynamodb\n"},
    {ON_DEMAND "sse_specification: "
               "{ kms_master_key_id: 11111111-1111-4111-8111-111111111111 }\n",
     ON_DEMAND "sse_specification: "
               "{ kms_master_key_id: 22222222-2222-4222-8222-222222222222 }\n",
     "~ encryption w sse_specification.kms_master_key_id: "
     "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-4111-8111-111111111111 -> "
     "22222222-2222-4222-8222-222222222222\n"},
    {ON_DEMAND "sse_specification: { kms_master_key_id: alias/mine }\n",
     ON_DEMAND "sse_specification: { enabled: false }\n",
     "- encryption w sse_specification.kms_master_key_id: "
     "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-4000-8000-00000000000a\n"},
    {ON_DEMAND, ON_DEMAND "table_class: STANDARD_INFREQUENT_ACCESS\n",
     "~ table-class w table_class: STANDARD -> STANDARD_INFREQUENT_ACCESS\n"},
    {ON_DEMAND, ON_DEMAND "deletion_protection_enabled: true\n",
     "~ deletion-protection w deletion_protection_enabled: false -> true\n"},
    {ON_DEMAND "tags: { a: '1', b: '2', c: '' }\n",
     ON_DEMAND "tags: { a: '1', b: '3', d: '' }\n",
     "~ tag tags.b: 2 -> 3\n+ tag tags.d: \n- tag ! tags.c: \n"},
    {ON_DEMAND "tags: { a: '1' }\n", ON_DEMAND "tags: {}\n", "- tag ! tags.a: 1\n"},
    {ON_DEMAND, ON_DEMAND POLICY("a"),
     "+ resource-policy resource_policy: "
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"p\",\"Action\":\"a\"}]}\n"},
    {ON_DEMAND POLICY("a"), ON_DEMAND POLICY("[a, b]"),
     "~ resource-policy resource_policy: "
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"p\",\"Action\":\"a\"}]} -> "
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"p\",\"Action\":[\"a\","
     "\"b\"]}]}\n"},
    {ON_DEMAND POLICY("a"), ON_DEMAND "resource_policy: {}\n",
     "- resource-policy ! resource_policy: "
     "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"p\",\"Action\":\"a\"}]}\n"},
    {ON_DEMAND, ON_DEMAND "time_to_live: { attribute_name: e }\n",
     "+ time-to-live time_to_live.attribute_name: e\n"},
    {ON_DEMAND, ON_DEMAND "point_in_time_recovery: {}\n",
     "+ point-in-time-recovery point_in_time_recovery.recovery_period_in_days: 35\n"},
    {ON_DEMAND, ON_DEMAND "contributor_insights: { mode: THROTTLED_KEYS }\n",
     "+ contributor-insights contributor_insights.mode: THROTTLED_KEYS\n"},
};

// What cannot be changed in place: nothing is destroyed, since nothing is done.
static const struct row IMPOSSIBLE[] = {
    {ON_DEMAND,
     "table_name: messages\nattribute_definitions: { pk: S, sk: N }\n"
     "key_schema: { hash: pk, range: sk }\nbilling_mode: PAY_PER_REQUEST\n"
     "table_class: STANDARD_INFREQUENT_ACCESS\n", // which is told all the same
     "~ impossible key_schema: { hash: pk (S), range: sk (S) } -> { hash: pk (S), "
     "range: sk (N) }\n~ table-class w table_class: STANDARD -> "
     "STANDARD_INFREQUENT_ACCESS\n"},
    {ON_DEMAND,
     "table_name: messages\nattribute_definitions: { pk: S }\n"
     "key_schema: { hash: pk }\nbilling_mode: PAY_PER_REQUEST\n",
     "~ impossible key_schema: { hash: pk (S), range: sk (S) } -> { hash: pk (S) }\n"},
    {ON_DEMAND, WITH_INDEX("a: S", LOCAL("a", "ALL")),
     "+ impossible local_secondary_indexes.by-a: { key_schema: { hash: pk (S), range: "
     "a (S) }, projection: ALL }\n"},
    {WITH_INDEX("a: S", LOCAL("a", "ALL")), ON_DEMAND,
     "- impossible local_secondary_indexes.by-a: { key_schema: { hash: pk (S), range: "
     "a (S) }, projection: ALL }\n"},
    {WITH_INDEX("a: S", LOCAL("a", "ALL")), WITH_INDEX("a: B", LOCAL("a", "ALL")),
     "~ impossible local_secondary_indexes.by-a.key_schema: { hash: pk (S), range: a "
     "(S) } -> { hash: pk (S), range: a (B) }\n"},
    {WITH_INDEX("a: S", LOCAL("a", "ALL")), WITH_INDEX("a: S", LOCAL("a", "KEYS_ONLY")),
     "~ impossible local_secondary_indexes.by-a.projection: ALL -> KEYS_ONLY\n"},
    {WITH_INDEX("a: S", LOCAL("a", "ALL")),
     WITH_INDEX("a: S", GLOBAL("hash: a", "ALL")), // A230: the name is taken
     "+ index-added w global_secondary_indexes.by-a: { key_schema: { hash: a (S) }, "
     "projection: ALL }\n"
     "- impossible local_secondary_indexes.by-a: { key_schema: { hash: pk (S), range: "
     "a (S) }, projection: ALL }\n"},
};

// What is no difference.
static const struct row SAME[] = {
    // A162: a class that was never set.
    {ON_DEMAND, ON_DEMAND "table_class: STANDARD\n", ""},
    // Units of 0 on demand; the model reverses attributes and projected names.
    {ON_DEMAND, ON_DEMAND "deletion_protection_enabled: false\n", ""},
    {WITH_INDEX("a: S", GLOBAL("hash: a", "{ include: [x, y, z] }")),
     WITH_INDEX("a: S", GLOBAL("hash: a", "{ include: [z, x, y] }")), ""},
    // A136: more is there, at once or because the mode brings it.
    {ON_DEMAND "warm_throughput: { read_units_per_second: 20000 }\n",
     ON_DEMAND "warm_throughput: { read_units_per_second: 13000 }\n", ""},
    {ON_DEMAND, ON_DEMAND "warm_throughput: { write_units_per_second: 4000 }\n", ""},
    // Keys of KMS by id, by ARN; an alias and the default cannot be told from others.
    {ON_DEMAND "sse_specification: "
               "{ kms_master_key_id: 11111111-1111-4111-8111-111111111111 }\n",
     ON_DEMAND "sse_specification: { kms_master_key_id: 'arn:aws:kms:us-east-1:"
               "123456789012:key/11111111-1111-4111-8111-111111111111' }\n",
     ""},
    {ON_DEMAND "sse_specification: "
               "{ kms_master_key_id: 11111111-1111-4111-8111-111111111111 }\n",
     ON_DEMAND "sse_specification: { kms_master_key_id: alias/other }\n", ""},
    {ON_DEMAND "sse_specification: {}\n", ON_DEMAND "sse_specification: {}\n", ""},
    // Settings that are off, of a table that never had them.
    {ON_DEMAND,
     ON_DEMAND "stream_specification: { enabled: false }\n"
               "sse_specification: { enabled: false }\n"
               "time_to_live: { attribute_name: e, enabled: false }\n"
               "point_in_time_recovery: { enabled: false }\n"
               "contributor_insights: { enabled: false }\n"
               "tags: {}\nresource_policy: {}\n", // but for one of aws: (A167)
     ""},
    // Layout of a policy.
    {ON_DEMAND POLICY("[a, b]"),
     ON_DEMAND "resource_policy: '{\"Statement\": {\"Action\": [\"b\", \"a\"], "
               "\"Effect\": \"Allow\", \"Principal\": \"p\"}}'\n",
     ""},
    // What the definition leaves out.
    {ON_DEMAND "stream_specification: { stream_view_type: NEW_IMAGE }\n"
               "sse_specification: {}\ntable_class: STANDARD_INFREQUENT_ACCESS\n"
               "deletion_protection_enabled: true\ntags: { a: b }\n"
               "on_demand_throughput: { max_read_request_units: 9 }\n" POLICY("a"),
     ON_DEMAND, ""},
};

static struct str describe(const struct table_diff *diff, struct arena *arena)
{
    struct buf out;
    buf_init(&out, BODY_MAX);
    for (size_t i = 0; i < diff->count; i++) {
        const struct table_change *change = &diff->changes[i];
        buf_printf(&out, "%c %s %s%s%s%.*s: %.*s%s%.*s\n", change->sign,
                   table_change_name(change->kind), change->destructive ? "!" : "",
                   change->waits ? "w" : "",
                   change->waits || change->destructive ? " " : "",
                   STR_ARG(change->path), STR_ARG(change->from),
                   change->sign == '~' ? " -> " : "", STR_ARG(change->to));
    }
    struct str kept = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    return kept;
}

static void check_row(const struct row *row)
{
    struct stage before;
    struct stage after;
    struct service service;
    struct live_table live;
    struct table_diff diff;
    create(&service, declare(&before, row->before));
    const struct table *declared = declare(&after, row->after);
    look(&live, &service, &before.arena);
    table_diff(&diff, declared, &live.table, &before.arena);
    assert_text(describe(&diff, &before.arena), row->changes);
    for (size_t i = 0; i < diff.count; i++) {
        assert_true(diff.changes[i].span.line > 0);
    }
    assert_true(table_diff_check(&diff, declared, &after.diags) ==
                (diff.impossible == 0));
    assert_int_equal(stage_count(&after, DIAG_TABLE_DIFFERS), diff.impossible);
    service_deinit(&service);
    stage_deinit(&before);
    stage_deinit(&after);
}

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        check_row(&CHANGES[i]);
    }
}

static void test_impossible(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(IMPOSSIBLE); i++) {
        check_row(&IMPOSSIBLE[i]);
    }
}

static void test_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SAME); i++) {
        check_row(&SAME[i]);
    }
}

// Settings with calls of their own: what is there, what is said, and what comes of it.
static void test_called_settings(void **state)
{
    static const struct {
        const char *ttl; // what the table has, if anything
        bool moving;
        int days;
        const char *after;
        const char *changes;
    } ROWS[] = {
        {"e", false, 0, "time_to_live: { attribute_name: e }\n", ""},
        {"e", true, 0, "time_to_live: { attribute_name: e }\n", ""}, // ENABLING
        {"e", false, 0, "time_to_live: { attribute_name: e, enabled: false }\n",
         "- time-to-live time_to_live.attribute_name: e\n"},
        {"e", false, 0, "time_to_live: { enabled: false }\n",
         "- time-to-live time_to_live.attribute_name: e\n"},
        {"e", false, 0, "time_to_live: { attribute_name: f, enabled: false }\n",
         "~ impossible time_to_live.attribute_name: e -> f\n"},
        {NULL, false, 0, "time_to_live: { attribute_name: f, enabled: false }\n", ""},
        {"e", false, 0, "time_to_live: { attribute_name: f }\n", // A196
         "~ impossible time_to_live.attribute_name: e -> f\n"},
        {NULL, true, 0, "time_to_live: { attribute_name: e }\n", // A195: DISABLING
         "+ impossible time_to_live.attribute_name: e\n"},
        {NULL, true, 0, "time_to_live: { attribute_name: e, enabled: false }\n", ""},
        {NULL, false, 35, "point_in_time_recovery: {}\n", ""},
        {NULL, false, 7, "point_in_time_recovery: {}\n",
         "~ point-in-time-recovery point_in_time_recovery.recovery_period_in_days: 7 "
         "-> "
         "35\n"},
        {NULL, false, 35, "point_in_time_recovery: { recovery_period_in_days: 7 }\n",
         "~ point-in-time-recovery ! point_in_time_recovery.recovery_period_in_days: "
         "35 "
         "-> 7\n"},
        {NULL, false, 35, "point_in_time_recovery: { enabled: false }\n",
         "- point-in-time-recovery ! point_in_time_recovery.recovery_period_in_days: "
         "35\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct stage before;
        struct stage after;
        struct service service;
        struct live_table live;
        struct table_diff diff;
        create(&service, declare(&before, ON_DEMAND));
        struct str yaml = arena_printf(&before.arena, ON_DEMAND "%s", ROWS[i].after);
        const struct table *declared = declare(&after, yaml.at);
        look(&live, &service, &before.arena);
        live.table.settings.time_to_live = (struct time_to_live){
            .state = ROWS[i].ttl      ? SETTING_ENABLED
                     : ROWS[i].moving ? SETTING_DISABLING
                                      : SETTING_DISABLED,
            .attribute_name = str_from(ROWS[i].ttl),
        };
        live.table.settings.point_in_time_recovery = (struct point_in_time_recovery){
            .state = ROWS[i].days > 0 ? SETTING_ENABLED : SETTING_DISABLED,
            .recovery_period_in_days = ROWS[i].days,
        };
        table_diff(&diff, declared, &live.table, &before.arena);
        assert_text(describe(&diff, &before.arena), ROWS[i].changes);
        bool possible = table_diff_check(&diff, declared, &after.diags);
        assert_int_equal(stage_count(&after, DIAG_TIME_TO_LIVE_TAKEN), !possible);
        service_deinit(&service);
        stage_deinit(&before);
        stage_deinit(&after);
    }
}

// What was not asked of the live table is no difference.
static void test_unasked(void **state)
{
    struct stage stage;
    struct live_table live;
    struct table_diff diff;
    struct service service;
    struct arena arena = {0};
    const struct table *declared =
        declare(&stage, ON_DEMAND
                "tags: { a: b }\ntime_to_live: { attribute_name: e }\n"
                "point_in_time_recovery: {}\ncontributor_insights: {}\n" POLICY("a"));
    (void)state;
    create(&service, declared);
    assert_true(
        inspect_table(&live, told(&service, "DescribeTable", NULL, &arena), &arena));
    table_diff(&diff, declared, &live.table, &arena);
    assert_int_equal(diff.count, 0);
    service_deinit(&service);
    stage_deinit(&stage);
    arena_deinit(&arena);
}

static void test_policies(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool equal;
    } ROWS[] = {
        {"", "", true},
        {"{}", "", false},
        {"{\"a\":1,\"b\":[2]}", " { \"b\" : \"2\", \"a\" : \"1\" } ", true},
        {"{\"a\":[\"x\",\"y\"]}", "{\"a\":[\"y\",\"x\",\"y\"]}", true},
        {"{\"a\":[\"x\",\"y\"]}", "{\"a\":[\"x\"]}", false},
        {"{\"a\":true}", "{\"a\":\"true\"}", true},
        {"{\"a\":\"A\"}", "{\"a\":\"a\"}", false},
        {"{\"a\":\"x\"}", "{\"A\":\"x\"}", false},
        {"{\"a\":{\"b\":\"x\"}}", "{\"a\":{\"b\":\"x\",\"c\":\"y\"}}", false},
        {"{\"AWS\":\"123456789012\"}", "{\"AWS\":\"arn:aws:iam::123456789012:root\"}",
         true},
        {"{\"AWS\":\"123456789012\"}",
         "{\"AWS\":\"arn:aws:iam::123456789012:role/root\"}", false},
        {"{\"a\":\"\\u0078\"}", "{\"a\":\"x\"}", true},
        {"{\"a\":[]}", "{\"a\":[]}", true},
        {"{", "{ ", false}, // no JSON: as it is
        {"{", "{", true},
        {"{}x", "{}", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        if (policy_equal(str_from(ROWS[i].a), str_from(ROWS[i].b)) != ROWS[i].equal) {
            print_error("%s and %s\n", ROWS[i].a, ROWS[i].b);
            fail();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes), cmocka_unit_test(test_impossible),
        cmocka_unit_test(test_same),    cmocka_unit_test(test_called_settings),
        cmocka_unit_test(test_unasked), cmocka_unit_test(test_policies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
