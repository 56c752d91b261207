// Settings with calls of their own. Enters: a declared table, which is ACTIVE. Leaves:
// what the live table has, or the setting made, or a diagnostic.
#include "settings_admin.h"

#include "buf.h"
#include "inspect.h"

#define REQUEST_MAX ((size_t)64 << 10)

static bool answer_read(struct live_table *live, const struct table_call *call,
                        struct str body, struct arena *arena)
{
    struct table_settings *settings = &live->table.settings;
    struct contributor_insights *insights = &settings->contributor_insights;
    switch (call->setting) {
    case TABLE_TIME_TO_LIVE:
        return inspect_time_to_live(&settings->time_to_live, body, arena);
    case TABLE_RECOVERY:
        return inspect_recovery(&settings->point_in_time_recovery, body);
    case TABLE_INSIGHTS:
    default:
        break;
    }
    for (size_t i = 0; call->index != NULL && i < live->table.index_count; i++) {
        if (str_eq(live->table.indexes[i].name, call->index->name)) {
            insights = &live->table.indexes[i].contributor_insights;
        }
    }
    return inspect_insights(insights, body);
}

enum setting_answer setting_describe(struct live_table *live, struct client *client,
                                     const struct table *declared,
                                     const struct table_call *call,
                                     const struct wait_options *wait,
                                     struct arena *arena, struct diags *diags)
{
    struct buf body;
    struct reply reply;
    buf_init(&body, REQUEST_MAX);
    table_call_write_describe(&body, declared, call);
    bool answered = table_ask(&reply, client, call->describe, declared->name,
                              buf_str(&body), wait, diags);
    buf_deinit(&body);
    if (!answered) {
        return SETTING_FAILED;
    }
    if (reply.kind == REPLY_OK && answer_read(live, call, reply.body, arena)) {
        return SETTING_DONE;
    }
    if (reply.kind == REPLY_OK) {
        reply.kind = REPLY_FATAL;
        reply.cause = REPLY_CAUSE_FOREIGN;
    }
    return table_ask_refused(client, &reply, call->describe, declared->name, call->span,
                             diags);
}

enum setting_answer setting_update(struct live_table *live, struct client *client,
                                   const struct table *declared,
                                   const struct table_call *call,
                                   const struct wait_options *wait, struct arena *arena,
                                   struct diags *diags)
{
    struct buf body;
    struct reply reply;
    buf_init(&body, REQUEST_MAX);
    table_call_write_update(&body, declared, call);
    bool answered = table_ask(&reply, client, call->update, declared->name,
                              buf_str(&body), wait, diags);
    buf_deinit(&body);
    if (!answered) {
        return SETTING_FAILED;
    }
    if (reply.kind == REPLY_OK) {
        return SETTING_DONE;
    }
    if (reply_is(&reply, "ValidationException")) {
        reply = table_ask_keep(reply, arena);
        if (setting_describe(live, client, declared, call, wait, arena, diags) ==
                SETTING_DONE &&
            table_call_compare(declared, &live->table, call) == FIT_SAME) {
            return SETTING_DONE;
        }
    }
    return table_ask_refused(client, &reply, call->update, declared->name, call->span,
                             diags);
}
