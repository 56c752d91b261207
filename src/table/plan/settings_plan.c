// Settings: those that UpdateTable changes, one a call (A246), then those with
// operations of their own (A222).
#include "settings_plan.h"

#include "json_write.h"
#include "request.h"
#include "table_calls.h"

#define RECOVERY_DAYS_DEFAULT 35 // A206

// ---- the table's own settings

static void change_protection(struct planner *planner,
                              const struct table_change *change)
{
    bool on = planner->declared->settings.deletion_protection == SETTING_ENABLED;
    planner_begin(planner);
    buf_printf(&planner->body, ",\"DeletionProtectionEnabled\":%s",
               on ? "true" : "false");
    planner_makes(planner_end_update(planner, "changing deletion protection"), change);
}

static void change_class(struct planner *planner, const struct table_change *change)
{
    planner_begin(planner);
    buf_printf(&planner->body, ",\"TableClass\":\"%.*s\"", STR_ARG(change->to));
    planner_makes(planner_end_update(planner, "changing the table class"), change);
}

static void change_sse(struct planner *planner, const struct table_change *change)
{
    planner_begin(planner);
    if (change->sign == '-') {
        buf_puts(&planner->body, ",\"SSESpecification\":{\"Enabled\":false}");
    } else {
        request_write_sse(&planner->body, &planner->declared->settings.sse);
    }
    planner_makes(
        planner_end(planner, "UpdateTable", TABLE_WAIT_SETTLED, "changing encryption"),
        change);
}

// A153, A154.
static void change_stream(struct planner *planner, const struct table_change *change)
{
    if (change->sign != '+') {
        planner_begin(planner);
        buf_puts(&planner->body, ",\"StreamSpecification\":{\"StreamEnabled\":false}");
        struct table_step *step = planner_end_update(planner, "disabling the stream");
        step->begins = change->sign == '~';
        planner_makes(step, change);
    }
    if (change->sign != '-') {
        planner_begin(planner);
        request_write_stream(&planner->body, &planner->declared->settings.stream);
        planner_makes(planner_end_update(planner, "enabling the stream"), change);
    }
}

// ---- settings with calls of their own

static void change_time_to_live(struct planner *planner,
                                const struct table_change *change)
{
    static const struct table_call CALL = {.setting = TABLE_TIME_TO_LIVE};
    buf_reset(&planner->body);
    if (change->sign == '+') {
        table_call_write_update(&planner->body, planner->declared, &CALL);
        planner->body.len--; // its brace: planner_end() has one
    } else {                 // A193: by the attribute that it has
        planner_begin(planner);
        buf_puts(&planner->body, ",\"TimeToLiveSpecification\":{\"Enabled\":false,"
                                 "\"AttributeName\":");
        json_put_string(&planner->body,
                        planner->live->settings.time_to_live.attribute_name);
        buf_char(&planner->body, '}');
    }
    planner_makes(planner_end(planner, "UpdateTimeToLive", TABLE_WAIT_NOTHING,
                              "changing time to live"),
                  change);
}

static void change_recovery(struct planner *planner, const struct table_change *change)
{
    int64_t days =
        planner->declared->settings.point_in_time_recovery.recovery_period_in_days;
    planner_begin(planner);
    buf_printf(&planner->body,
               ",\"PointInTimeRecoverySpecification\":"
               "{\"PointInTimeRecoveryEnabled\":%s",
               change->sign == '-' ? "false" : "true");
    // A period of 7 days that is not said any more becomes the default again.
    if (days != 0 || change->sign == '~') {
        buf_printf(&planner->body, ",\"RecoveryPeriodInDays\":%lld",
                   (long long)(days != 0 ? days : RECOVERY_DAYS_DEFAULT));
    }
    buf_char(&planner->body, '}');
    planner_makes(planner_end(planner, "UpdateContinuousBackups", TABLE_WAIT_NOTHING,
                              "changing point-in-time recovery"),
                  change);
}

static bool mode_is_unsaid(const struct planner *planner,
                           const struct table_change *change)
{
    const struct contributor_insights *insights =
        change->index != NULL ? &change->index->contributor_insights
                              : &planner->declared->settings.contributor_insights;
    return insights->mode == INSIGHTS_UNSAID;
}

static void change_insights(struct planner *planner, const struct table_change *change)
{
    struct table_call call = {.setting = TABLE_INSIGHTS, .index = change->index};
    buf_reset(&planner->body);
    if (change->sign != '-') {
        table_call_write_update(&planner->body, planner->declared, &call);
        planner->body.len--;
        if (change->sign == '~' && mode_is_unsaid(planner, change)) {
            // A mode that is not said any more becomes the default again.
            buf_printf(&planner->body, ",\"ContributorInsightsMode\":\"%.*s\"",
                       STR_ARG(change->to));
        }
    } else {
        table_call_write_describe(&planner->body, planner->declared, &call);
        planner->body.len--;
        buf_puts(&planner->body, ",\"ContributorInsightsAction\":\"DISABLE\"");
    }
    struct table_step *step =
        planner_end(planner, "UpdateContributorInsights", TABLE_WAIT_NOTHING,
                    change->index == NULL ? "changing contributor insights"
                                          : "changing contributor insights of index");
    step->subject = change->index == NULL ? str_from(NULL) : change->index->name;
    planner_makes(step, change);
}

// A171: no list is empty. Removed ones first: a table has at most 50 (A164).
static void change_tags(struct planner *planner, bool remove)
{
    struct buf *out = &planner->body;
    const struct table_change *some = NULL;
    planner_begin_resource(planner);
    buf_puts(out, remove ? ",\"TagKeys\":[" : ",\"Tags\":[");
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind != TABLE_CHANGE_TAG || (change->sign == '-') != remove) {
            continue;
        }
        buf_puts(out, some == NULL ? "" : ",");
        buf_puts(out, remove ? "" : "{\"Key\":");
        json_put_string(out, change->tag->key);
        if (!remove) {
            buf_puts(out, ",\"Value\":");
            json_put_string(out, change->tag->value);
            buf_char(out, '}');
        }
        some = change;
    }
    if (some == NULL) {
        return;
    }
    buf_char(out, ']');
    struct table_step *step =
        planner_end(planner, remove ? "UntagResource" : "TagResource",
                    TABLE_WAIT_NOTHING, remove ? "removing tags" : "setting tags");
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind == TABLE_CHANGE_TAG && (change->sign == '-') == remove) {
            planner_makes(step, change);
        }
    }
}

static void change_policy(struct planner *planner, const struct table_change *change)
{
    bool remove = change->sign == '-';
    planner_begin_resource(planner);
    if (!remove) {
        buf_puts(&planner->body, ",\"Policy\":");
        json_put_string(&planner->body, planner->declared->settings.resource_policy);
    }
    planner_makes(planner_end(planner,
                              remove ? "DeleteResourcePolicy" : "PutResourcePolicy",
                              TABLE_WAIT_NOTHING,
                              remove ? "removing the resource policy"
                                     : "setting the resource policy"),
                  change);
}

// ---- the whole

static void plan_each(struct planner *planner, enum table_change_kind kind,
                      void (*plan)(struct planner *, const struct table_change *))
{
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        // Insights that a replaced index had went with it.
        if (change->kind == kind && !(change->of_replaced && change->sign == '-')) {
            plan(planner, change);
        }
    }
}

void settings_plan_protection(struct planner *planner)
{
    plan_each(planner, TABLE_CHANGE_DELETION_PROTECTION, change_protection);
}

void settings_plan(struct planner *planner)
{
    plan_each(planner, TABLE_CHANGE_TABLE_CLASS, change_class);
    plan_each(planner, TABLE_CHANGE_SSE, change_sse);
    plan_each(planner, TABLE_CHANGE_STREAM, change_stream);
    plan_each(planner, TABLE_CHANGE_TIME_TO_LIVE, change_time_to_live);
    plan_each(planner, TABLE_CHANGE_RECOVERY, change_recovery);
    plan_each(planner, TABLE_CHANGE_INSIGHTS, change_insights);
    change_tags(planner, true);
    change_tags(planner, false);
    plan_each(planner, TABLE_CHANGE_RESOURCE_POLICY, change_policy);
}
