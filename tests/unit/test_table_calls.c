// table_calls: which calls a table needs, and whether a live one has what they make.
#include "unit.h"

#include "table_calls.h"

#include <string.h>

static struct table table_with(struct secondary_index *indexes, size_t count)
{
    return (struct table){.name = STR("t"), .indexes = indexes, .index_count = count};
}

static void test_calls(void **state)
{
    struct arena arena = {0};
    struct secondary_index indexes[2] = {
        {.name = STR("a")},
        {.name = STR("b"), .contributor_insights.state = SETTING_ENABLED},
    };
    struct table table = table_with(indexes, 2);
    size_t count = 0;
    (void)state;
    table.settings.time_to_live.state = SETTING_DISABLED;
    table.settings.point_in_time_recovery.state = SETTING_ENABLED;

    struct table_call *calls = table_calls(&count, &table, false, &arena);
    assert_int_equal(count, 2);
    assert_string_equal(calls[0].update, "UpdateContinuousBackups");
    assert_string_equal(calls[1].describe, "DescribeContributorInsights");
    assert_ptr_equal(calls[1].index, &indexes[1]);

    calls = table_calls(&count, &table, true, &arena);
    assert_int_equal(count, 3);
    assert_string_equal(calls[0].describe, "DescribeTimeToLive");
    arena_deinit(&arena);
}

static void assert_fit(const struct table *declared, const struct table *live,
                       struct table_call call, enum setting_fit expected)
{
    assert_int_equal(table_call_compare(declared, live, &call), expected);
}

static void test_switches(void **state)
{
    static const struct {
        enum setting declared, live;
        enum setting_fit expected;
    } ROWS[] = {
        {SETTING_ENABLED, SETTING_ENABLED, FIT_SAME},
        {SETTING_ENABLED, SETTING_DISABLED, FIT_MISSING},
        {SETTING_ENABLED, SETTING_DISABLING, FIT_BUSY},
        {SETTING_ENABLED, SETTING_UNSAID, FIT_UNKNOWN},
        {SETTING_DISABLED, SETTING_ENABLED, FIT_DIFFERS},
        {SETTING_DISABLED, SETTING_DISABLED, FIT_SAME},
        {SETTING_DISABLED, SETTING_DISABLING, FIT_SAME},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        struct table declared = table_with(NULL, 0);
        struct table live = table_with(NULL, 0);
        declared.settings.time_to_live.state = ROWS[i].declared;
        declared.settings.point_in_time_recovery.state = ROWS[i].declared;
        declared.settings.contributor_insights.state = ROWS[i].declared;
        live.settings.time_to_live.state = ROWS[i].live;
        live.settings.point_in_time_recovery.state = ROWS[i].live;
        live.settings.contributor_insights.state = ROWS[i].live;
        for (int setting = TABLE_TIME_TO_LIVE; setting <= TABLE_INSIGHTS; setting++) {
            assert_fit(&declared, &live,
                       (struct table_call){.setting = (enum table_setting)setting},
                       ROWS[i].expected);
        }
    }
}

static void test_parts(void **state)
{
    struct secondary_index ours[1] = {
        {.name = STR("a"), .contributor_insights = {.state = SETTING_ENABLED}}};
    struct secondary_index theirs[1] = {
        {.name = STR("a"), .contributor_insights = {.state = SETTING_DISABLED}}};
    struct table declared = table_with(ours, 1);
    struct table live = table_with(theirs, 1);
    const struct table_call of_index = {.setting = TABLE_INSIGHTS, .index = &ours[0]};
    (void)state;
    declared.settings.time_to_live =
        (struct time_to_live){.state = SETTING_ENABLED, .attribute_name = STR("x")};
    live.settings.time_to_live =
        (struct time_to_live){.state = SETTING_ENABLED, .attribute_name = STR("y")};
    assert_fit(&declared, &live, (struct table_call){.setting = TABLE_TIME_TO_LIVE},
               FIT_TAKEN);

    declared.settings.point_in_time_recovery.state = SETTING_ENABLED;
    live.settings.point_in_time_recovery = (struct point_in_time_recovery){
        .state = SETTING_ENABLED, .recovery_period_in_days = 35};
    const struct table_call recovery = {.setting = TABLE_RECOVERY};
    assert_fit(&declared, &live, recovery, FIT_SAME); // the service's own period
    declared.settings.point_in_time_recovery.recovery_period_in_days = 7;
    assert_fit(&declared, &live, recovery, FIT_DIFFERS);

    assert_fit(&declared, &live, of_index, FIT_MISSING);
    theirs[0].contributor_insights = (struct contributor_insights){
        .state = SETTING_ENABLED, .mode = INSIGHTS_THROTTLED_KEYS};
    assert_fit(&declared, &live, of_index, FIT_SAME);
    ours[0].contributor_insights.mode = INSIGHTS_ACCESSED_AND_THROTTLED_KEYS;
    assert_fit(&declared, &live, of_index, FIT_DIFFERS);
    live.index_count = 0;
    assert_fit(&declared, &live, of_index, FIT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests_name("table_calls", tests, NULL, NULL);
}
