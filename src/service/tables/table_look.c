// Looking at a table: questions that depend on what its definition says, one after the
// other, into one live_table.
#include "table_look.h"

#include "buf.h"
#include "inspect.h"
#include "json_write.h"
#include "kms.h"
#include "pages.h"
#include "settings_diff.h"
#include "table_ask.h"
#include "table_calls.h"
#include "table_diff.h"

#include <stdlib.h>

#define REQUEST_MAX ((size_t)64 << 10)
#define GOING_MAX 100 // indexes; without a raised quota a table has 20 (A080)
#define PAGES_MAX 100 // of tags; a table has some 50 of them (A164)
// A name that no table can have (A001: too short, and of a character that no name has).
// Asking for its change tells whether a server knows the operation, and changes
// nothing.
#define NOBODYS_TABLE "?"

struct looker {
    struct live_table *live;
    struct client *client;
    const struct table *declared;
    const struct wait_options *wait;
    struct arena *arena;
    struct diags *diags;
};

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

static enum setting_answer ask_for(const struct looker *looker,
                                   const struct table_call *call)
{
    struct buf body;
    struct reply reply;
    buf_init(&body, REQUEST_MAX);
    table_call_write_describe(&body, looker->declared, call);
    bool answered =
        table_ask(&reply, looker->client, call->describe, looker->declared->name,
                  buf_str(&body), looker->wait, looker->diags);
    buf_deinit(&body);
    if (!answered) {
        return SETTING_FAILED;
    }
    if (reply.kind == REPLY_OK &&
        answer_read(looker->live, call, reply.body, looker->arena)) {
        return SETTING_DONE;
    }
    if (reply.kind == REPLY_OK) { // it answered, and that was none
        reply = reply_foreign(&reply, NULL);
    }
    return table_ask_refused(looker->client, &reply, call->describe,
                             looker->declared->name, call->span, looker->diags);
}

// ---- emulators

// A server that tells nothing of deletion protection, as the service always does, keeps
// none of the younger settings, and may lack operations.
static bool is_poor(const struct looker *looker)
{
    return !client_get_target(looker->client)->is_protected &&
           !looker->live->tells_protection;
}

// The state of what a call is about.
static enum setting *state_of(struct table *table, const struct table_call *call)
{
    struct table_settings *settings = &table->settings;
    switch (call->setting) {
    case TABLE_TIME_TO_LIVE:
        return &settings->time_to_live.state;
    case TABLE_RECOVERY:
        return &settings->point_in_time_recovery.state;
    case TABLE_INSIGHTS:
    default:
        break;
    }
    for (size_t i = 0; call->index != NULL && i < table->index_count; i++) {
        if (str_eq(table->indexes[i].name, call->index->name)) {
            return &table->indexes[i].contributor_insights.state;
        }
    }
    return &settings->contributor_insights.state;
}

// It may tell of a setting without being able to make it (dynalite always says that
// time to live is off): what it cannot do is left out, here as well as in apply.
static void leave_out_unable(const struct looker *looker, const struct table_call *call)
{
    enum setting *live = state_of(&looker->live->table, call);
    struct table nobodys = *looker->declared;
    struct buf body;
    if (!is_poor(looker) || *state_of(&nobodys, call) != SETTING_ENABLED ||
        *live != SETTING_DISABLED) {
        return;
    }
    nobodys.name = STR(NOBODYS_TABLE);
    buf_init(&body, REQUEST_MAX);
    table_call_write_update(&body, &nobodys, call);
    struct reply reply = client_call(looker->client, call->update, buf_str(&body));
    buf_deinit(&body);
    if (reply.kind != REPLY_OK && reply_is(&reply, "UnknownOperationException")) {
        *live = SETTING_UNSAID;
        (void)table_ask_refused(looker->client, &reply, call->update, // a warning
                                looker->declared->name, call->span, looker->diags);
    }
}

// The service always tells of warm throughput.
static void doubt_warm(struct table *live)
{
    live->capacity.warm.untold = !live->capacity.warm.set;
    for (size_t i = 0; i < live->index_count; i++) {
        struct throughput *warm = &live->indexes[i].capacity.warm;
        warm->untold = !warm->set;
    }
}

// What such a server does not mention is not known.
static void doubt(struct table *live)
{
    struct table_settings *there = &live->settings;
    there->deletion_protection = SETTING_UNSAID;
    if (there->stream.state == SETTING_DISABLED) {
        there->stream.state = SETTING_UNSAID;
    }
    if (there->sse.state == SETTING_DISABLED) {
        there->sse.state = SETTING_UNSAID;
    }
    if (there->table_class == TABLE_CLASS_STANDARD) {
        there->table_class = TABLE_CLASS_UNSAID;
    }
    live->capacity.on_demand.untold = !live->capacity.on_demand.set;
    for (size_t i = 0; i < live->index_count; i++) {
        struct throughput *on_demand = &live->indexes[i].capacity.on_demand;
        on_demand->untold = !on_demand->set;
    }
}

// ---- everything

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
        switch (ask_for(looker, &calls[i])) {
        case SETTING_FAILED:
            return false;
        case SETTING_DONE:
            leave_out_unable(looker, &calls[i]);
            break;
        case SETTING_LEFT_OUT:
        default:
            break;
        }
    }
    return true;
}

// Whether a live index goes, for good or for another one that is to keep what nothing
// is said of.
static bool is_going(const struct looker *looker, const struct secondary_index *live)
{
    const struct table *declared = looker->declared;
    const struct secondary_index *index = table_find_index(declared, live->name);
    if (live->local) {
        return false;
    }
    return index == NULL || index->local ||
           (index->contributor_insights.state == SETTING_UNSAID &&
            table_diff_replaces(declared, &looker->live->table, index));
}

// What goes with an index is shown, though nothing is said of it. Who may not ask does
// not know: of one that is replaced that is noted (index_carry.h). False: interrupted,
// or timed out.
static bool look_at_going(const struct looker *looker)
{
    const struct table *live = &looker->live->table;
    bool answered = true;
    size_t asked = 0;
    for (size_t i = 0; i < live->index_count && answered && asked < GOING_MAX; i++) {
        struct table_call call = {.setting = TABLE_INSIGHTS,
                                  .index = &live->indexes[i]};
        struct reply reply;
        struct buf body;
        if (!is_going(looker, call.index)) {
            continue;
        }
        asked++;
        buf_init(&body, REQUEST_MAX);
        table_call_write_describe(&body, looker->declared, &call);
        answered = table_ask(&reply, looker->client, "DescribeContributorInsights",
                             looker->declared->name, buf_str(&body), looker->wait,
                             looker->diags);
        buf_deinit(&body);
        if (answered && reply.kind == REPLY_OK &&
            !answer_read(looker->live, &call, reply.body, looker->arena)) {
            *state_of(&looker->live->table, &call) = SETTING_UNSAID;
        }
    }
    return answered;
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
        *reply = reply_foreign(reply, NULL);
    }
    return table_ask_refused(looker->client, reply, operation, looker->declared->name,
                             span, looker->diags) != SETTING_FAILED;
}

// One reading. False: diagnosed. What it finds it says.
static bool read_tags(const struct looker *looker)
{
    struct table_settings *settings = &looker->live->table.settings;
    struct pages pages = {0};
    struct str next = {0};
    struct reply reply;
    settings->tag_count = 0;
    settings->tags_said = false;
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
        const char *why = pages_check(&pages, next, true);
        if (why != NULL) {
            reply = reply_foreign(&reply, why);
            break;
        }
    }
    return refused(looker, &reply, "ListTagsOfResource",
                   looker->declared->settings.tags_span);
}

// Tags are told eventually: that they differ is believed when they were read so again.
static bool look_at_tags(const struct looker *looker)
{
    static const uint64_t PAUSES_MS[] = {1000, 3000};
    static const uint64_t EMULATOR_PAUSES_MS[] = {0, 20};
    const struct table_settings *settings = &looker->live->table.settings;
    bool patient = client_get_target(looker->client)->is_protected;
    bool fine = read_tags(looker);
    for (size_t i = 0; i < 2 && fine && settings->tags_said &&
                       !tags_same(&looker->declared->settings, settings);
         i++) {
        fine = client_sleep(looker->client,
                            patient ? PAUSES_MS[i] : EMULATOR_PAUSES_MS[i]) &&
               read_tags(looker);
    }
    return fine;
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

static int compare_indexes(const void *left, const void *right)
{
    const struct secondary_index *a = left;
    const struct secondary_index *b = right;
    return a->local != b->local ? b->local - a->local : str_cmp(a->name, b->name);
}

static int compare_tags(const void *left, const void *right)
{
    const struct tag *a = left;
    const struct tag *b = right;
    return str_cmp(a->key, b->key);
}

// Servers have an order of their own for what has none.
static void put_in_order(struct table *live)
{
    struct table_settings *settings = &live->settings;
    if (live->index_count > 0) {
        qsort(live->indexes, live->index_count, sizeof *live->indexes, compare_indexes);
    }
    if (settings->tag_count > 0) {
        qsort(settings->tags, settings->tag_count, sizeof *settings->tags,
              compare_tags);
    }
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
        out->index.len > 0 || str_is(out->status, "CREATING") ||
        str_is(out->status, "DELETING")) {
        return true;
    }
    if (!client_get_target(client)->is_protected) {
        doubt_warm(&out->table);
    }
    if (is_poor(&looker)) {
        doubt(&out->table);
    }
    kms_look(&out->table.settings.sse, &settings->sse, client, arena);
    bool named = out->arn.len > 0; // some emulators name no ARN to ask by
    out->settings_known =
        look_at_settings(&looker) && (declared->external || look_at_going(&looker)) &&
        (!settings->tags_said || !named || look_at_tags(&looker)) &&
        (!settings->resource_policy_said || !named || look_at_policy(&looker));
    put_in_order(&out->table);
    return out->settings_known;
}
