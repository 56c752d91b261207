// Every setting, every pair of its values: what becomes otherwise is seen, or a note
// says why it is not. The worst word that there is would be "no changes". Once the
// first value is that of a live table, as the service tells of it, once that of an
// earlier build.
#include "unit.h"

#include "build_table.h"
#include "kms_key.h"
#include "table_calls.h"
#include "table_stage.h"
#include "undeclared.h"

#include <string.h>

#define HEAD                                                                           \
    "table_name: messages\nattribute_definitions: { pk: S, a: S }\n"                   \
    "key_schema: { hash: pk }\n"
#define INDEX "global_secondary_indexes:\n  by-a:\n    key_schema: { hash: a }\n"
#define ON_DEMAND HEAD "billing_mode: PAY_PER_REQUEST\n"
#define PLAIN INDEX "    projection: ALL\n"
#define KEY_1 "11111111-1111-4111-8111-111111111111"
#define KEY_2 "22222222-2222-4222-8222-222222222222"
#define ARN(key) "arn:aws:kms:us-east-1:123456789012:" key
#define POLICY(action)                                                                 \
    "resource_policy: { Statement: [{ Sid: a, Effect: Allow, Principal: { AWS: "       \
    "'arn:aws:iam::123456789012:root' }, Action: " action ", Resource: '*' }] "        \
    "}\n"
#define VALUES_MAX 10

// "=N" at the beginning of a value: it means what value N means.
struct setting_values {
    const char *around; // %s is where a value stands; "" leaves the setting out
    const char *values[VALUES_MAX];
};

static const struct setting_values SETTINGS[] = {
    {ON_DEMAND PLAIN "%s",
     {"", "=0stream_specification: { enabled: false }\n",
      "stream_specification: { stream_view_type: KEYS_ONLY }\n",
      "stream_specification: { stream_view_type: NEW_IMAGE }\n",
      "stream_specification: { stream_view_type: OLD_IMAGE }\n",
      "stream_specification: { stream_view_type: NEW_AND_OLD_IMAGES }\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0sse_specification: { enabled: false }\n",
      "sse_specification: { sse_type: KMS }\n",
      "sse_specification: { kms_master_key_id: " KEY_1 " }\n",
      "=3sse_specification: { kms_master_key_id: '" ARN("key/" KEY_1) "' }\n",
      "sse_specification: { kms_master_key_id: " KEY_2 " }\n",
      "sse_specification: { kms_master_key_id: alias/payments }\n",
      "=6sse_specification: { kms_master_key_id: '" ARN("alias/payments") "' }\n",
      "sse_specification: { kms_master_key_id: alias/billing }\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0table_class: STANDARD\n", "table_class: STANDARD_INFREQUENT_ACCESS\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0deletion_protection_enabled: false\n",
      "deletion_protection_enabled: true\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0tags: {}\n", "tags: { a: '1' }\n", "tags: { a: '2' }\n",
      "tags: { a: '1', b: '' }\n", "tags: { b: '1' }\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0resource_policy: {}\n", POLICY("'dynamodb:GetItem'"),
      POLICY("'dynamodb:Query'"), "=2" POLICY("['dynamodb:GetItem']")}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0time_to_live: { enabled: false }\n",
      "time_to_live: { attribute_name: e }\n",
      "time_to_live: { attribute_name: f }\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0point_in_time_recovery: { enabled: false }\n",
      "point_in_time_recovery: {}\n",
      "=2point_in_time_recovery: { recovery_period_in_days: 35 }\n",
      "point_in_time_recovery: { recovery_period_in_days: 7 }\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0contributor_insights: { enabled: false }\n", "contributor_insights: {}\n",
      "=2contributor_insights: { mode: ACCESSED_AND_THROTTLED_KEYS }\n",
      "contributor_insights: { mode: THROTTLED_KEYS }\n"}},
    {ON_DEMAND PLAIN "%s",
     {"", "=0on_demand_throughput: { enabled: false }\n",
      "on_demand_throughput: { max_read_request_units: 5 }\n",
      "on_demand_throughput: { max_read_request_units: 6 }\n",
      "on_demand_throughput: { max_write_request_units: 5 }\n",
      "on_demand_throughput: { max_read_request_units: 5, max_write_request_units: 5 "
      "}\n"}},
    {ON_DEMAND PLAIN "    %s",
     {"", "=0on_demand_throughput: { enabled: false }\n",
      "on_demand_throughput: { max_read_request_units: 5 }\n",
      "on_demand_throughput: { max_write_request_units: 6 }\n"}},
    {ON_DEMAND PLAIN "    %s",
     {"", "=0contributor_insights: { enabled: false }\n", "contributor_insights: {}\n",
      "contributor_insights: { mode: THROTTLED_KEYS }\n"}},
    {ON_DEMAND INDEX "    projection: %s\n",
     {"ALL", "KEYS_ONLY", "{ include: [x, y] }", "=2{ include: [y, x] }",
      "{ include: [x] }"}},
    {"table_name: messages\nkey_schema: { hash: pk }\nbilling_mode: "
     "PAY_PER_REQUEST\n%s",
     {"attribute_definitions: { pk: S }\n",
      "attribute_definitions: { pk: S, a: S }\n" PLAIN,
      "attribute_definitions: { pk: S, a: N }\n" PLAIN,
      "attribute_definitions: { pk: S, a: S }\n" INDEX
      "    projection: ALL\n  by-b:\n    key_schema: { hash: [a, pk] }\n"
      "    projection: ALL\n"}},
    {"table_name: messages\nattribute_definitions: { pk: S }\nkey_schema: { hash: pk "
     "}\n%s",
     {"billing_mode: PAY_PER_REQUEST\n",
      "provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 6 }\n",
      "provisioned_throughput: { read_capacity_units: 5, write_capacity_units: 7 }\n",
      "provisioned_throughput: { read_capacity_units: 6, write_capacity_units: 6 }\n"}},
    // Of the key, since a table has always one.
    {"table_name: messages\nbilling_mode: PAY_PER_REQUEST\n%s",
     {"attribute_definitions: { pk: S }\nkey_schema: { hash: pk }\n",
      "attribute_definitions: { pk: N }\nkey_schema: { hash: pk }\n",
      "attribute_definitions: { pk: S, sk: S }\nkey_schema: { hash: pk, range: sk }\n",
      "attribute_definitions: { sk: S }\nkey_schema: { hash: sk }\n"}},
};

// A floor: each value is more than the one before, and less is no difference (A136).
static const struct setting_values RISING[] = {
    {ON_DEMAND PLAIN "%s",
     {"", "warm_throughput: { read_units_per_second: 13000 }\n",
      "warm_throughput: { read_units_per_second: 14000 }\n",
      "warm_throughput: { read_units_per_second: 14000, write_units_per_second: 5000 "
      "}\n"}},
    {ON_DEMAND PLAIN "    %s",
     {"", "warm_throughput: { write_units_per_second: 5000 }\n",
      "warm_throughput: { write_units_per_second: 6000 }\n"}},
};

// The number of the value that a value means the same as, and its text.
static size_t meaning(const struct setting_values *setting, size_t i, const char **text)
{
    const char *value = setting->values[i];
    bool refers = value[0] == '=';
    *text = refers ? value + 2 : value;
    return refers ? (size_t)(value[1] - '0') : i;
}

static const struct table *declare_value(struct stage *stage, struct arena *arena,
                                         const struct setting_values *setting,
                                         const char *value)
{
    struct buf yaml;
    buf_init(&yaml, BODY_MAX);
    const char *at = strstr(setting->around, "%s");
    buf_put(&yaml, (struct str){setting->around, (size_t)(at - setting->around)});
    buf_puts(&yaml, value);
    buf_puts(&yaml, at + 2);
    struct str kept = arena_str(arena, buf_str(&yaml));
    buf_deinit(&yaml);
    return declare(stage, kept.at);
}

// The table with all its settings, as apply makes it.
static void create_all(struct service *service, const struct table *table,
                       struct arena *arena)
{
    size_t count = 0;
    struct table_call *calls = table_calls(&count, table, false, arena);
    create(service, table);
    for (size_t i = 0; i < count; i++) {
        struct buf body;
        buf_init(&body, BODY_MAX);
        table_call_write_update(&body, table, &calls[i]);
        assert_null(service_call(service, calls[i].update, buf_cstr(&body)));
        buf_deinit(&body);
        service_settle(service);
        service_wait_an_hour(service);
    }
}

struct flip {
    const struct setting_values *setting;
    const char *before;
    const char *after;
    bool same; // both mean the same
    bool against;
};

static void fail_flip(const struct flip *flip, const char *what)
{
    print_error("%s%s: %s\n<%s>\n<%s>\n", flip->setting->around,
                flip->against ? " (against)" : "", what, flip->before, flip->after);
    fail();
}

static void check_flip(const struct flip *flip)
{
    struct stage from;
    struct stage to;
    struct arena arena = {0};
    struct service service = {0};
    struct live_table live = {0};
    struct table_diff diff;
    const struct table *before =
        declare_value(&from, &arena, flip->setting, flip->before);
    const struct table *after = declare_value(&to, &arena, flip->setting, flip->after);
    if (flip->against) {
        live.table = *before;
        build_table_complete(&live.table);
    } else {
        create_all(&service, before, &arena);
        look(&live, &service, &arena);
    }
    table_diff(&diff, after, &live.table, &arena);
    if (flip->against) {
        undeclared_note(&diff, after, &live.table);
    }
    if (flip->same && (diff.count > 0 || (flip->against && diff.note_count > 0))) {
        fail_flip(flip, "a difference that is none");
    }
    if (!flip->same && diff.count + diff.note_count == 0) {
        fail_flip(flip, "not seen");
    }
    service_deinit(&service);
    stage_deinit(&from);
    stage_deinit(&to);
    arena_deinit(&arena);
}

// Left out, it is left alone: of a live table nobody says what others manage.
static bool is_left_alone(const struct flip *flip)
{
    return flip->after[0] == '\0' && !flip->against;
}

static void check_setting(const struct setting_values *setting, bool against,
                          bool rises)
{
    for (size_t i = 0; i < VALUES_MAX && setting->values[i] != NULL; i++) {
        for (size_t j = 0; j < VALUES_MAX && setting->values[j] != NULL; j++) {
            struct flip flip = {.setting = setting, .against = against};
            size_t before = meaning(setting, i, &flip.before);
            size_t after = meaning(setting, j, &flip.after);
            bool less = rises && after < before && flip.after[0] != '\0';
            flip.same = before == after || less;
            if (!is_left_alone(&flip)) {
                check_flip(&flip);
            }
        }
    }
}

static void test_flips_live(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
        check_setting(&SETTINGS[i], false, false);
    }
    for (size_t i = 0; i < COUNT_OF(RISING); i++) {
        check_setting(&RISING[i], false, true);
    }
}

static void test_flips_against(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) {
        check_setting(&SETTINGS[i], true, false);
    }
    for (size_t i = 0; i < COUNT_OF(RISING); i++) {
        check_setting(&RISING[i], true, true);
    }
}

// The key that a table has, and what a definition names.
static void test_kms_keys(void **state)
{
    static const struct {
        const char *declared;
        const char *live;
        bool told; // by DescribeTable, else as it was written
        enum kms_key named;
        const char *named_key;
        enum kms_match match;
    } ROWS[] = {
        // As they were written.
        {"", "", false, 0, "", KMS_SAME},
        {"", KMS_DEFAULT_ALIAS, false, 0, "", KMS_SAME},
        {ARN(KMS_DEFAULT_ALIAS), "", false, 0, "", KMS_SAME},
        {"alias/a", "", false, 0, "", KMS_OTHER},
        {"", "alias/a", false, 0, "", KMS_OTHER},
        {"alias/a", "alias/b", false, 0, "", KMS_OTHER},
        {"alias/a", ARN("alias/a"), false, 0, "", KMS_SAME},
        {"alias/" KEY_1, KEY_1, false, 0, "", KMS_OTHER},
        {KEY_1, ARN("key/" KEY_1), false, 0, "", KMS_SAME},
        {ARN("key/" KEY_1), KEY_2, false, 0, "", KMS_OTHER},
        {KEY_1, "alias/a", false, 0, "", KMS_OTHER},
        {ARN("key/" KEY_1), "arn:aws:kms:eu-west-1:123456789012:key/" KEY_1, false, 0,
         "", KMS_OTHER},
        {ARN("alias/a"), "arn:aws:kms:us-east-1:210987654321:alias/a", false, 0, "",
         KMS_OTHER},
        // As the server tells it.
        {KEY_1, ARN("key/" KEY_1), true, 0, "", KMS_SAME},
        {KEY_2, ARN("key/" KEY_1), true, 0, "", KMS_OTHER},
        {"", ARN("key/" KEY_1), true, KMS_KEY_UNKNOWN, "", KMS_UNKNOWN},
        {"alias/a", ARN("key/" KEY_1), true, KMS_KEY_UNKNOWN, "", KMS_UNKNOWN},
        {"alias/a", ARN("key/" KEY_1), true, KMS_KEY_KNOWN, ARN("key/" KEY_1),
         KMS_SAME},
        {"alias/a", ARN("key/" KEY_1), true, KMS_KEY_KNOWN, ARN("key/" KEY_2),
         KMS_OTHER},
        {"", ARN("key/" KEY_1), true, KMS_KEY_KNOWN, ARN("key/" KEY_2), KMS_OTHER},
        {"alias/a", ARN("key/" KEY_1), true, KMS_KEY_MISSING, "", KMS_OTHER},
        {KEY_1, "", true, 0, "", KMS_UNKNOWN},
        {"alias/a", "alias/a", true, 0, "", KMS_SAME}, // an emulator that echoes
        {"alias/a", "alias/b", true, 0, "", KMS_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct sse_specification declared = {
            .state = SETTING_ENABLED,
            .kms_master_key_id = str_from(ROWS[i].declared),
        };
        struct sse_specification live = {
            .state = SETTING_ENABLED,
            .kms_master_key_id = str_from(ROWS[i].live),
            .told = ROWS[i].told,
            .named = ROWS[i].named,
            .named_key = str_from(ROWS[i].named_key),
        };
        if (kms_key_match(&declared, &live) != ROWS[i].match) {
            print_error("row %zu: %s and %s\n", i, ROWS[i].declared, ROWS[i].live);
            fail();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flips_live),
        cmocka_unit_test(test_flips_against),
        cmocka_unit_test(test_kms_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
