// table_calls: which calls a table needs.
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
    };
    return cmocka_run_group_tests_name("table_calls", tests, NULL, NULL);
}
