// table_update: changes as calls, each plan carried out by a model of the service that
// refuses what breaks a rule; then nothing may be left to change.
#include "unit.h"

#include "table_dice.h"
#include "table_stage.h"

#include <stdio.h>
#include <string.h>

#define TABLES 250
#define DEFINITIONS 6 // of each table, one after the other

static void print_diff(const struct table_diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        const struct table_change *change = &diff->changes[i];
        print_error("  %c %s %.*s: %.*s -> %.*s\n", change->sign,
                    table_change_name(change->kind), STR_ARG(change->path),
                    STR_ARG(change->from), STR_ARG(change->to));
    }
}

static void expect_empty(const struct table *declared, const struct service *service,
                         struct arena *arena, const char *what, const char *yaml)
{
    struct live_table live;
    struct table_diff diff;
    look(&live, service, arena);
    table_diff(&diff, declared, &live.table, arena);
    if (diff.count > 0) {
        print_error("%s:\n", what);
        print_diff(&diff);
        print_error("%s\n", yaml);
        fail();
    }
}

// ---- what is sent

#define BASE                                                                           \
    "table_name: messages\nkey_schema: { hash: pk }\n"                                 \
    "attribute_definitions: { pk: S, a: "
#define INDEX(name, projection, more)                                                  \
    "  " name ":\n    key_schema: { hash: a }\n    projection: " projection "\n" more
#define UNITS(r, w)                                                                    \
    "provisioned_throughput: { read_capacity_units: " #r ", write_capacity_units: " #w \
    " }\n"

static void expect_calls(const char *before, const char *after, const char *calls)
{
    struct stage from;
    struct stage to;
    struct service service;
    struct live_table live;
    struct table_diff diff;
    struct table_step *steps = NULL;
    size_t count = 0;
    struct buf text;
    buf_init(&text, BODY_MAX);
    create(&service, declare(&from, before));
    const struct table *declared = declare(&to, after);
    look(&live, &service, &to.arena);
    table_diff(&diff, declared, &live.table, &to.arena);
    table_update_plan(&steps, &count, &diff, declared, &live.table, live.arn,
                      &to.arena);
    for (size_t i = 0; i < count; i++) {
        static const char *const WAITS[] = {"", " active", " settled"};
        buf_printf(&text, "%s%s%.*s%s: %s%s\n", steps[i].verb,
                   steps[i].subject.len > 0 ? " " : "", STR_ARG(steps[i].subject),
                   WAITS[steps[i].wait], steps[i].operation, steps[i].body.at);
    }
    assert_text(buf_str(&text), calls);
    carry_out(&service, steps, count);
    expect_empty(declared, &service, &to.arena, "left", after);
    buf_deinit(&text);
    service_deinit(&service);
    stage_deinit(&from);
    stage_deinit(&to);
}

#define NAMED "{\"TableName\":\"messages\","
#define ARN "{\"ResourceArn\":\"" SERVICE_ARN "\","

// Deletions come first, then the mode with all units of what is left, then creations.
static void test_indexes_and_mode(void **state)
{
    (void)state;
    expect_calls(
        BASE "S }\nbilling_mode: PAY_PER_REQUEST\nglobal_secondary_indexes:\n" //
        INDEX("old", "ALL", "") INDEX("other", "ALL", "") INDEX("kept", "ALL", ""),
        BASE "S }\nbilling_mode: PROVISIONED\n" UNITS(5, 6) //
        "global_secondary_indexes:\n" INDEX("kept", "ALL", "    " UNITS(7, 8))
            INDEX("other", "KEYS_ONLY", "    " UNITS(7, 8))
                INDEX("new", "{ include: [x] }", "    " UNITS(7, 8)),
        "deleting index other active: UpdateTable" NAMED
        "\"GlobalSecondaryIndexUpdates\":[{\"Delete\":{\"IndexName\":\"other\"}}]}\n"
        "deleting index old active: UpdateTable" NAMED
        "\"GlobalSecondaryIndexUpdates\":[{\"Delete\":{\"IndexName\":\"old\"}}]}\n"
        "changing the billing mode active: UpdateTable" NAMED
        "\"BillingMode\":\"PROVISIONED\","
        "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":5,\"WriteCapacityUnits\":6},"
        "\"GlobalSecondaryIndexUpdates\":[{\"Update\":{\"IndexName\":\"kept\","
        "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":7,"
        "\"WriteCapacityUnits\":8}}}]}\n"
        "creating index other active: UpdateTable" NAMED
        "\"AttributeDefinitions\":[{\"AttributeName\":\"pk\",\"AttributeType\":\"S\"},"
        "{\"AttributeName\":\"a\",\"AttributeType\":\"S\"}],"
        "\"GlobalSecondaryIndexUpdates\":[{\"Create\":{\"IndexName\":\"other\","
        "\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"HASH\"}],"
        "\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"},\"ProvisionedThroughput\":"
        "{\"ReadCapacityUnits\":7,\"WriteCapacityUnits\":8}}}]}\n"
        "creating index new active: UpdateTable" NAMED
        "\"AttributeDefinitions\":[{\"AttributeName\":\"pk\",\"AttributeType\":\"S\"},"
        "{\"AttributeName\":\"a\",\"AttributeType\":\"S\"}],"
        "\"GlobalSecondaryIndexUpdates\":[{\"Create\":{\"IndexName\":\"new\","
        "\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"HASH\"}],"
        "\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"x\"]},"
        "\"ProvisionedThroughput\":"
        "{\"ReadCapacityUnits\":7,\"WriteCapacityUnits\":8}}}]}\n");
}

// Only what changes of ceilings, one of them taken away, and only what grows of warmth.
static void test_on_demand(void **state)
{
    (void)state;
    expect_calls(BASE "S }\nbilling_mode: PAY_PER_REQUEST\non_demand_throughput: "
                      "{ max_read_request_units: 10, max_write_request_units: 20 }\n"
                      "global_secondary_indexes:\n" INDEX("kept", "ALL", ""),
                 BASE "S }\nbilling_mode: PAY_PER_REQUEST\non_demand_throughput: "
                      "{ max_read_request_units: 10 }\n"
                      "warm_throughput: { read_units_per_second: 12000, "
                      "write_units_per_second: 5000 }\n"
                      "global_secondary_indexes:\n" INDEX(
                          "kept", "ALL",
                          "    on_demand_throughput: { max_read_request_units: 5 }\n"
                          "    warm_throughput: { read_units_per_second: 15000 }\n"),
                 "changing on-demand throughput active: UpdateTable" NAMED
                 "\"OnDemandThroughput\":{\"MaxWriteRequestUnits\":-1},"
                 "\"GlobalSecondaryIndexUpdates\":[{\"Update\":{\"IndexName\":\"kept\","
                 "\"OnDemandThroughput\":{\"MaxReadRequestUnits\":5}}}]}\n"
                 "warming throughput settled: UpdateTable" NAMED
                 "\"WarmThroughput\":{\"WriteUnitsPerSecond\":5000},"
                 "\"GlobalSecondaryIndexUpdates\":[{\"Update\":{\"IndexName\":\"kept\","
                 "\"WarmThroughput\":{\"ReadUnitsPerSecond\":15000}}}]}\n");
}

static void test_settings(void **state)
{
    (void)state;
    expect_calls(
        BASE "S }\nbilling_mode: PAY_PER_REQUEST\n"
             "global_secondary_indexes:\n" INDEX("kept", "ALL", "") //
        "stream_specification: { stream_view_type: KEYS_ONLY }\n"
        "tags: { a: '1', b: '2' }\nresource_policy: { Statement: { Effect: Deny, "
        "Principal: p, Action: a } }\n",
        BASE "S }\nbilling_mode: PAY_PER_REQUEST\n"
             "global_secondary_indexes:\n" INDEX("kept", "ALL",
                                                 "    contributor_insights: {}\n") //
        "stream_specification: { stream_view_type: NEW_IMAGE }\n"
        "sse_specification: { kms_master_key_id: alias/k }\n"
        "table_class: STANDARD_INFREQUENT_ACCESS\ndeletion_protection_enabled: true\n"
        "time_to_live: { attribute_name: e }\n"
        "point_in_time_recovery: { recovery_period_in_days: 7 }\n"
        "contributor_insights: { mode: THROTTLED_KEYS }\n"
        "tags: { a: '3' }\nresource_policy: {}\n",
        "changing deletion protection active: UpdateTable" NAMED
        "\"DeletionProtectionEnabled\":true}\n"
        "changing the table class active: UpdateTable" NAMED
        "\"TableClass\":\"STANDARD_INFREQUENT_ACCESS\"}\n"
        "changing encryption settled: UpdateTable" NAMED
        "\"SSESpecification\":{\"Enabled\":true,\"SSEType\":\"KMS\","
        "\"KMSMasterKeyId\":\"alias/k\"}}\n"
        "disabling the stream active: UpdateTable" NAMED
        "\"StreamSpecification\":{\"StreamEnabled\":false}}\n"
        "enabling the stream active: UpdateTable" NAMED
        "\"StreamSpecification\":{\"StreamEnabled\":true,"
        "\"StreamViewType\":\"NEW_IMAGE\"}}\n"
        "changing time to live: UpdateTimeToLive" NAMED
        "\"TimeToLiveSpecification\":{\"Enabled\":true,\"AttributeName\":\"e\"}}\n"
        "changing point-in-time recovery: UpdateContinuousBackups" NAMED
        "\"PointInTimeRecoverySpecification\":{\"PointInTimeRecoveryEnabled\":true,"
        "\"RecoveryPeriodInDays\":7}}\n"
        "changing contributor insights of index kept: UpdateContributorInsights" NAMED
        "\"IndexName\":\"kept\",\"ContributorInsightsAction\":\"ENABLE\"}\n"
        "changing contributor insights: UpdateContributorInsights" NAMED
        "\"ContributorInsightsAction\":\"ENABLE\","
        "\"ContributorInsightsMode\":\"THROTTLED_KEYS\"}\n"
        "removing tags: UntagResource" ARN "\"TagKeys\":[\"b\"]}\n"
        "setting tags: TagResource" ARN "\"Tags\":[{\"Key\":\"a\",\"Value\":\"3\"}]}\n"
        "removing the resource policy: DeleteResourcePolicy"
        "{\"ResourceArn\":\"" SERVICE_ARN "\"}\n");
}

// Each step shows when it is done and not before: also the halves of what takes two.
static void test_steps_show(void **state)
{
    struct stage from;
    struct stage to;
    struct service service;
    struct live_table live;
    struct table_diff diff;
    struct table_step *steps = NULL;
    size_t count = 0;
    (void)state;
    create(&service,
           declare(&from, BASE "S }\nbilling_mode: PAY_PER_REQUEST\n"
                               "stream_specification: { stream_view_type: KEYS_ONLY }\n"
                               "global_secondary_indexes:\n" INDEX("kept", "ALL", "")));
    const struct table *declared =
        declare(&to, BASE "N }\nbilling_mode: PAY_PER_REQUEST\ntags: { a: b }\n"
                          "stream_specification: { stream_view_type: NEW_IMAGE }\n"
                          "global_secondary_indexes:\n" INDEX("kept", "ALL", ""));
    look(&live, &service, &to.arena);
    table_diff(&diff, declared, &live.table, &to.arena);
    table_update_plan(&steps, &count, &diff, declared, &live.table, live.arn,
                      &to.arena);
    assert_int_equal(count, 5); // delete, create, disable, enable, tag
    for (size_t i = 0; i <= count; i++) {
        look(&live, &service, &to.arena);
        table_diff(&diff, declared, &live.table, &to.arena);
        for (size_t j = 0; j < count; j++) {
            assert_true(table_step_is_made(&steps[j], &diff) == (j < i));
        }
        carry_out(&service, &steps[i], i < count);
    }
    service_deinit(&service);
    stage_deinit(&from);
    stage_deinit(&to);
}

// ---- random pairs

// What the settings of `before` say and those of `after` do not.
static struct table_settings left_alone(const struct table_settings *before,
                                        const struct table_settings *after)
{
    struct table_settings left = *before;
    if (after->stream.state != SETTING_UNSAID) {
        left.stream.state = SETTING_UNSAID;
    }
    if (after->sse.state != SETTING_UNSAID) {
        left.sse.state = SETTING_UNSAID;
    }
    if (after->table_class != TABLE_CLASS_UNSAID) {
        left.table_class = TABLE_CLASS_UNSAID;
    }
    if (after->deletion_protection != SETTING_UNSAID) {
        left.deletion_protection = SETTING_UNSAID;
    }
    left.tags_said = before->tags_said && !after->tags_said;
    left.resource_policy_said =
        before->resource_policy_said && !after->resource_policy_said;
    if (after->time_to_live.state != SETTING_UNSAID) {
        left.time_to_live.state = SETTING_UNSAID;
    }
    if (after->point_in_time_recovery.state != SETTING_UNSAID) {
        left.point_in_time_recovery.state = SETTING_UNSAID;
    }
    if (after->contributor_insights.state != SETTING_UNSAID) {
        left.contributor_insights.state = SETTING_UNSAID;
    }
    return left;
}

// Written down the slow way: the same names, in order, with the same types.
static void put_key(struct buf *out, const struct table *table,
                    const struct key_schema *key)
{
    for (size_t i = 0; i < key->hash_count + key->range_count; i++) {
        struct str name = i < key->hash_count ? key->hash[i].name
                                              : key->range[i - key->hash_count].name;
        buf_printf(out, "%c%.*s%c,", i < key->hash_count ? 'h' : 'r', STR_ARG(name),
                   table_find_attribute(table, name)->type);
    }
}

// The base key, and local indexes by name with what they project.
static struct str describe_fixed(const struct table *table, struct arena *arena)
{
    struct buf out;
    buf_init(&out, BODY_MAX);
    put_key(&out, table, &table->key);
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local) {
            buf_printf(&out, "%.*s:", STR_ARG(index->name));
            put_key(&out, table, &index->key);
            bool z = index->projection.count == 3; // x and y, in any order, or z too
            buf_printf(&out, "%d%d;", index->projection.type, z);
        }
    }
    struct str kept = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    return kept;
}

static bool can_become(const struct table *declared, const struct service *service,
                       struct str fixed, struct arena *arena)
{
    const struct time_to_live *ttl = &declared->settings.time_to_live;
    bool other = ttl->state != SETTING_UNSAID && ttl->attribute_name.len > 0 &&
                 service->ttl != NULL && !str_is(ttl->attribute_name, service->ttl);
    return !other && str_eq(describe_fixed(declared, arena), fixed);
}

// An index that no change is about is the very one that was there.
static void check_untouched(const struct table *declared, const struct table_diff *diff,
                            const struct service *service, const int *numbers)
{
    for (size_t i = 0; i < declared->index_count; i++) {
        const struct secondary_index *index = &declared->indexes[i];
        bool moved = service_index_number(service, index->name.at) != numbers[i];
        assert_false(moved && !index->local && !table_diff_touches(diff, index));
    }
}

struct tally {
    size_t pairs;
    size_t impossible;
    size_t empty;
    size_t changes[TABLE_CHANGE_KIND_COUNT];
    size_t calls;
};

// One pair: what is there, and a definition. True: the table is as that says.
static bool try_pair(struct service *service, const struct table *declared,
                     struct str fixed, const char *yaml, struct tally *tally,
                     struct arena *arena)
{
    struct live_table live;
    struct table_diff diff;
    struct table_step *steps = NULL;
    size_t count = 0;
    int *numbers = arena_array(arena, declared->index_count, sizeof *numbers);
    look(&live, service, arena);
    table_diff(&diff, declared, &live.table, arena);
    tally->pairs++;
    tally->empty += diff.count == 0;
    for (size_t i = 0; i < diff.count; i++) {
        tally->changes[diff.changes[i].kind]++;
        assert_true(diff.changes[i].span.line > 0);
    }
    bool possible = can_become(declared, service, fixed, arena);
    if (possible != (diff.impossible == 0)) {
        print_diff(&diff);
        fail();
    }
    if (!possible) {
        tally->impossible++;
        return false;
    }
    for (size_t i = 0; i < declared->index_count; i++) {
        numbers[i] = service_index_number(service, declared->indexes[i].name.at);
    }
    table_update_plan(&steps, &count, &diff, declared, &live.table, live.arn, arena);
    assert_true((count == 0) == (diff.count == 0));
    carry_out(service, steps, count);
    tally->calls += count;
    expect_empty(declared, service, arena, "left after an update", yaml);
    check_untouched(declared, &diff, service, numbers);
    return true;
}

static void play_table(uint64_t seed, struct tally *tally)
{
    struct dice dice = {seed * 7919 + 1};
    struct service service = {0};
    struct stage stages[DEFINITIONS];
    struct buf yaml[DEFINITIONS];
    const struct table *before = NULL;
    struct str fixed = {0};
    struct arena arena = {0};
    for (size_t i = 0; i < DEFINITIONS; i++) {
        buf_init(&yaml[i], BODY_MAX);
        table_dice_throw(&yaml[i], &dice, seed);
        const struct table *declared = declare(&stages[i], buf_cstr(&yaml[i]));
        if (before == NULL) {
            create(&service, declared);
            fixed = describe_fixed(declared, &arena);
        }
        if (try_pair(&service, declared, fixed, yaml[i].at, tally, &arena)) {
            struct table kept = *declared;
            kept.settings = left_alone(before ? &before->settings : &kept.settings,
                                       &declared->settings);
            expect_empty(&kept, &service, &arena, "was not left alone", yaml[i].at);
            before = declared;
        }
        service_wait_an_hour(&service);
    }
    for (size_t i = 0; i < DEFINITIONS; i++) {
        stage_deinit(&stages[i]);
        buf_deinit(&yaml[i]);
    }
    arena_deinit(&arena);
    service_deinit(&service);
}

static void test_random_pairs(void **state)
{
    struct tally tally = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= TABLES; seed++) {
        play_table(seed, &tally);
    }
    print_message("%zu pairs, %zu impossible, %zu without a change, %zu calls\n",
                  tally.pairs, tally.impossible, tally.empty, tally.calls);
    assert_true(tally.pairs - tally.impossible > 1000);
    for (size_t i = TABLE_CHANGE_KEY + 1; i < TABLE_CHANGE_KIND_COUNT; i++) {
        print_message("  %5zu %s\n", tally.changes[i],
                      table_change_name((enum table_change_kind)i));
        assert_true(tally.changes[i] >= 20); // every kind was met
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_indexes_and_mode), cmocka_unit_test(test_on_demand),
        cmocka_unit_test(test_settings),         cmocka_unit_test(test_steps_show),
        cmocka_unit_test(test_random_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
