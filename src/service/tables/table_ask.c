// Calls about a table, repeated while they come too early. Control-plane services of
// their own stand behind some, which hear of a new table a little later.
#include "table_ask.h"

#include "table_poll.h"

// How long "not found" may follow a creation (A265), and "in use" a table that was
// ACTIVE: past that the words mean something else.
#define EARLY_MAX_MS 60000u

// A207, A208, A240: worth asking again.
static bool is_early(const struct reply *reply, const struct poll *poll)
{
    if (reply_is(reply, "ContinuousBackupsUnavailableException")) {
        return true;
    }
    return (reply_is(reply, "ResourceInUseException") ||
            reply_is(reply, "TableNotFoundException") ||
            reply_is(reply, "ResourceNotFoundException")) &&
           poll_spent_ms(poll) < EARLY_MAX_MS;
}

bool table_ask(struct reply *reply, struct client *client, const char *operation,
               struct str name, struct str body, const struct wait_options *wait,
               struct diags *diags)
{
    struct poll poll = poll_begin(client, name, wait, diags);
    *reply = client_call(client, operation, body);
    while (is_early(reply, &poll)) {
        poll_show_status(&poll, str_from(NULL),
                         arena_printf(diags->arena, "not ready for %s", operation));
        if (!poll_pause(&poll)) {
            return false;
        }
        *reply = client_call(client, operation, body);
    }
    return true;
}

// "At least one of ProvisionedThroughput, BillingMode, ... is required": what we ask
// for is never nothing, so the server did not see the member that asks.
static bool is_overlooked(const struct reply *reply)
{
    return reply_is(reply, "ValidationException") &&
           str_starts(reply->message, STR("At least one of "));
}

// "Value null at '...provisionedThroughput' failed to satisfy constraint: Member must
// not be null": requests hold all that AWS wants, so the server is of an older age
// (from before on-demand tables had indexes).
static bool is_outdated(const struct reply *reply)
{
    struct str words = STR("Member must not be null");
    return reply_is(reply, "ValidationException") &&
           str_find(reply->message, words) < reply->message.len;
}

bool table_ask_is_unknown(const struct reply *reply)
{
    return is_overlooked(reply) || is_outdated(reply) ||
           reply_is(reply, "UnknownOperationException") || reply->status == 404 ||
           reply->status == 501 ||
           (reply->cause == REPLY_CAUSE_FOREIGN && reply->status == 500);
}

enum setting_answer table_ask_refused(struct client *client, const struct reply *reply,
                                      const char *operation, struct str name,
                                      struct span span, struct diags *diags)
{
    if (!table_ask_is_unknown(reply) || client_get_target(client)->is_protected) {
        struct str doing = arena_printf(diags->arena, "%s of table %s", operation,
                                        diag_quote(diags, name));
        client_diagnose(client, reply, doing.at, span, diags);
        return SETTING_FAILED;
    }
    struct diag *diag = diag_add(diags, DIAG_SETTING_LEFT_OUT, span,
                                 "left out of table %s: the server does not know %s%s",
                                 diag_quote(diags, name),
                                 is_overlooked(reply) ? "this member of "
                                 : is_outdated(reply) ? "this form of "
                                                      : "",
                                 operation);
    diag_help(diags, diag, "AWS knows it, and so may another emulator");
    return SETTING_LEFT_OUT;
}

struct reply table_ask_keep(struct reply reply, struct arena *arena)
{
    reply.code = arena_str(arena, reply.code);
    reply.message = arena_str(arena, reply.message);
    reply.request_id = arena_str(arena, reply.request_id);
    return reply;
}
