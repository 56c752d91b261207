// Settings that are no members of CreateTable: a verified table enters, the calls that
// make them leave.
#include "table_calls.h"

#include "json_write.h"

static void add(struct table_call *calls, size_t *count, bool all, enum setting state,
                struct table_call call)
{
    static const char *const UPDATES[] = {"UpdateTimeToLive", "UpdateContinuousBackups",
                                          "UpdateContributorInsights"};
    static const char *const DESCRIBES[] = {"DescribeTimeToLive",
                                            "DescribeContinuousBackups",
                                            "DescribeContributorInsights"};
    if (state == SETTING_ENABLED || (all && state == SETTING_DISABLED)) {
        call.update = UPDATES[call.setting];
        call.describe = DESCRIBES[call.setting];
        calls[(*count)++] = call;
    }
}

struct table_call *table_calls(size_t *count, const struct table *table, bool all,
                               struct arena *arena)
{
    const struct table_settings *settings = &table->settings;
    struct table_call *calls =
        arena_array(arena, table->index_count + 3, sizeof *calls);
    *count = 0;
    add(calls, count, all, settings->time_to_live.state,
        (struct table_call){.setting = TABLE_TIME_TO_LIVE,
                            .span = settings->time_to_live.span});
    add(calls, count, all, settings->point_in_time_recovery.state,
        (struct table_call){.setting = TABLE_RECOVERY,
                            .span = settings->point_in_time_recovery.span});
    add(calls, count, all, settings->contributor_insights.state,
        (struct table_call){.setting = TABLE_INSIGHTS,
                            .span = settings->contributor_insights.span});
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        add(calls, count, all, index->contributor_insights.state,
            (struct table_call){.setting = TABLE_INSIGHTS,
                                .index = index,
                                .span = index->contributor_insights.span});
    }
    return calls;
}

static void write_names(struct buf *out, const struct table *table,
                        const struct table_call *call)
{
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, table->name);
    if (call->index != NULL) {
        buf_puts(out, ",\"IndexName\":");
        json_put_string(out, call->index->name);
    }
}

static void write_insights(struct buf *out, const struct contributor_insights *insights)
{
    static const char *const MODES[] = {NULL, "ACCESSED_AND_THROTTLED_KEYS",
                                        "THROTTLED_KEYS"};
    buf_puts(out, ",\"ContributorInsightsAction\":\"ENABLE\"");
    if (insights->mode != INSIGHTS_UNSAID) {
        buf_printf(out, ",\"ContributorInsightsMode\":\"%s\"", MODES[insights->mode]);
    }
}

void table_call_write_update(struct buf *out, const struct table *table,
                             const struct table_call *call)
{
    const struct table_settings *settings = &table->settings;
    write_names(out, table, call);
    switch (call->setting) {
    case TABLE_TIME_TO_LIVE:
        buf_puts(out,
                 ",\"TimeToLiveSpecification\":{\"Enabled\":true,\"AttributeName\":");
        json_put_string(out, settings->time_to_live.attribute_name);
        buf_char(out, '}');
        break;
    case TABLE_RECOVERY:
        buf_puts(out, ",\"PointInTimeRecoverySpecification\":"
                      "{\"PointInTimeRecoveryEnabled\":true");
        if (settings->point_in_time_recovery.recovery_period_in_days != 0) {
            buf_printf(
                out, ",\"RecoveryPeriodInDays\":%lld",
                (long long)settings->point_in_time_recovery.recovery_period_in_days);
        }
        buf_char(out, '}');
        break;
    case TABLE_INSIGHTS:
        write_insights(out, call->index != NULL ? &call->index->contributor_insights
                                                : &settings->contributor_insights);
        break;
    }
    buf_char(out, '}');
}

void table_call_write_describe(struct buf *out, const struct table *table,
                               const struct table_call *call)
{
    write_names(out, table, call);
    buf_char(out, '}');
}
