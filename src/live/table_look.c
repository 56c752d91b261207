// Looking at a table: questions that depend on what its definition says, one after the
// other, into one live_table.
#include "table_look.h"

#include "buf.h"
#include "inspect.h"
#include "json_write.h"
#include "settings_admin.h"
#include "table_ask.h"
#include "table_calls.h"

#define REQUEST_MAX ((size_t)64 << 10)
#define PAGES_MAX 100 // of tags; a table has some 50 of them (A164)

struct looker {
    struct live_table *live;
    struct client *client;
    const struct table *declared;
    const struct wait_options *wait;
    struct arena *arena;
    struct diags *diags;
};

// What has calls of its own. False: diagnosed.
static bool look_at_settings(const struct looker *looker)
{
    size_t count = 0;
    struct table_call *calls =
        table_calls(&count, looker->declared, true, looker->arena);
    for (size_t i = 0; i < count; i++) {
        const struct secondary_index *index = calls[i].index;
        if (index != NULL &&
            table_find_index(&looker->live->table, index->name) == NULL) {
            continue; // there is nothing to ask for
        }
        if (setting_describe(looker->live, looker->client, looker->declared, &calls[i],
                             looker->wait, looker->arena,
                             looker->diags) == SETTING_FAILED) {
            return false;
        }
    }
    return true;
}

// Asks by the table's ARN, for a page that begins at next.
static bool ask(struct reply *reply, const struct looker *looker, const char *operation,
                struct str next)
{
    struct buf body;
    buf_init(&body, REQUEST_MAX);
    buf_puts(&body, "{\"ResourceArn\":");
    json_put_string(&body, looker->live->arn);
    if (next.len > 0) {
        buf_puts(&body, ",\"NextToken\":");
        json_put_string(&body, next);
    }
    buf_char(&body, '}');
    bool answered = table_ask(reply, looker->client, operation, looker->declared->name,
                              buf_str(&body), looker->wait, looker->diags);
    buf_deinit(&body);
    return answered;
}

static bool refused(const struct looker *looker, struct reply *reply,
                    const char *operation, struct span span)
{
    if (reply->kind == REPLY_OK) { // it answered, and that was none
        reply->kind = REPLY_FATAL;
        reply->cause = REPLY_CAUSE_FOREIGN;
    }
    return table_ask_refused(looker->client, reply, operation, looker->declared->name,
                             span, looker->diags) != SETTING_FAILED;
}

static bool look_at_tags(const struct looker *looker)
{
    struct table_settings *settings = &looker->live->table.settings;
    struct str next = {0};
    struct reply reply;
    for (int page = 0; page < PAGES_MAX; page++) {
        if (!ask(&reply, looker, "ListTagsOfResource", next)) {
            return false;
        }
        if (reply.kind != REPLY_OK ||
            !inspect_tags(settings, &next, reply.body, looker->arena)) {
            break;
        }
        if (next.len == 0) {
            settings->tags_said = true;
            return true;
        }
    }
    return refused(looker, &reply, "ListTagsOfResource",
                   looker->declared->settings.tags_span);
}

static bool look_at_policy(const struct looker *looker)
{
    struct table_settings *settings = &looker->live->table.settings;
    struct reply reply;
    if (!ask(&reply, looker, "GetResourcePolicy", str_from(NULL))) {
        return false;
    }
    settings->resource_policy_said =
        reply_is(&reply, "PolicyNotFoundException") ||
        (reply.kind == REPLY_OK &&
         inspect_policy(&settings->resource_policy, reply.body, looker->arena));
    return settings->resource_policy_said ||
           refused(looker, &reply, "GetResourcePolicy",
                   looker->declared->settings.resource_policy_span);
}

bool table_look(struct live_table *out, struct client *client,
                const struct table *declared, const struct wait_options *wait,
                struct arena *arena, struct diags *diags)
{
    const struct table_settings *settings = &declared->settings;
    struct looker looker = {out, client, declared, wait, arena, diags};
    if (!table_describe(out, client, declared->name, arena, diags)) {
        return false;
    }
    if (out->state == TABLE_MISSING || out->state == TABLE_BROKEN ||
        str_is(out->status, "CREATING") || str_is(out->status, "DELETING")) {
        return true;
    }
    bool named = out->arn.len > 0; // some emulators name no ARN to ask by
    out->settings_known =
        look_at_settings(&looker) &&
        (!settings->tags_said || !named || look_at_tags(&looker)) &&
        (!settings->resource_policy_said || !named || look_at_policy(&looker));
    return out->settings_known;
}
