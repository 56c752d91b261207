// Settings with calls of their own. Enters: a declared table, which is ACTIVE. Leaves:
// what the live table has, or the setting made, or a diagnostic.
//
// Each call may come too early: control-plane services of their own stand behind them,
// which hear of a new table a little later.
#include "settings_admin.h"

#include "buf.h"
#include "inspect.h"
#include "table_poll.h"

#define REQUEST_MAX ((size_t)64 << 10)
#define ABSENT_MAX_MS 60000u // how long "not found" may follow a creation, as A265

static const char *doing(struct diags *diags, const char *operation, struct str name)
{
    return arena_printf(diags->arena, "%s of table %s", operation,
                        diag_quote(diags, name))
        .at;
}

// A207, A208: worth asking again.
static bool is_early(const struct reply *reply, const struct poll *poll)
{
    if (reply_is(reply, "ContinuousBackupsUnavailableException") ||
        reply_is(reply, "ResourceInUseException")) {
        return true;
    }
    return (reply_is(reply, "TableNotFoundException") ||
            reply_is(reply, "ResourceNotFoundException")) &&
           poll_spent_ms(poll) < ABSENT_MAX_MS;
}

// Calls until it is not too early any more. The reply's texts are valid until the
// client's next call. False: interrupted, or timed out (diagnosed).
static bool call_in_time(struct reply *reply, struct client *client,
                         const char *operation, struct str name, struct str body,
                         const struct wait_options *wait, struct diags *diags)
{
    struct poll poll = poll_begin(client, name, wait, diags);
    *reply = client_call(client, operation, body);
    while (is_early(reply, &poll)) {
        poll_show(&poll, arena_printf(diags->arena, "not ready for %s", operation));
        if (!poll_pause(&poll)) {
            return false;
        }
        *reply = client_call(client, operation, body);
    }
    return true;
}

// How servers say so: in DynamoDB's words, or by a page of their web framework's. That
// DynamoDB is there was seen when the table was described.
static bool is_unknown(const struct reply *reply)
{
    return reply_is(reply, "UnknownOperationException") || reply->status == 404 ||
           reply->status == 501 ||
           (reply->cause == REPLY_CAUSE_FOREIGN && reply->status >= 500);
}

// Only an emulator may lack an operation: what is reached by plain http has dummy
// credentials, so it is none of AWS's.
static enum setting_answer diagnose(struct client *client, const struct reply *reply,
                                    const char *operation, struct str name,
                                    const struct table_call *call, struct diags *diags)
{
    if (!is_unknown(reply) || client_get_target(client)->is_protected) {
        client_diagnose(client, reply, doing(diags, operation, name), call->span,
                        diags);
        return SETTING_FAILED;
    }
    struct diag *diag = diag_add(diags, DIAG_SETTING_LEFT_OUT, call->span,
                                 "left out of table %s: the server does not know %s",
                                 diag_quote(diags, name), operation);
    diag_help(diags, diag, "AWS knows it, and so may another emulator");
    return SETTING_LEFT_OUT;
}

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
    bool answered = call_in_time(&reply, client, call->describe, declared->name,
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
    return diagnose(client, &reply, call->describe, declared->name, call, diags);
}

// The texts of a reply that the next call would take away.
static struct reply reply_keep(struct reply reply, struct arena *arena)
{
    reply.code = arena_str(arena, reply.code);
    reply.message = arena_str(arena, reply.message);
    reply.request_id = arena_str(arena, reply.request_id);
    return reply;
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
    bool answered = call_in_time(&reply, client, call->update, declared->name,
                                 buf_str(&body), wait, diags);
    buf_deinit(&body);
    if (!answered) {
        return SETTING_FAILED;
    }
    if (reply.kind == REPLY_OK) {
        return SETTING_DONE;
    }
    if (reply_is(&reply, "ValidationException")) {
        reply = reply_keep(reply, arena);
        if (setting_describe(live, client, declared, call, wait, arena, diags) ==
                SETTING_DONE &&
            table_call_compare(declared, &live->table, call) == FIT_SAME) {
            return SETTING_DONE;
        }
    }
    return diagnose(client, &reply, call->update, declared->name, call, diags);
}
