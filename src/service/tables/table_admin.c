// Tables over the wire: asked for, created, awaited, listed, dropped. Enters: names and
// requests that are already verified. Leaves: live_table, or a diagnostic. Before
// anything is done with a table that is there, its ARN must be of the account that the
// target names. A table that is missing has no ARN to ask for: of what account it is
// shows only in the answer to CreateTable, and then it is there.
#include "table_admin.h"

#include "buf.h"
#include "inspect.h"
#include "json_write.h"
#include "pages.h"
#include "table_poll.h"

#define ABSENT_MAX_MS 60000u // A265: how long "not found" may follow a creation
#define LIST_MAX 100000      // names; an account has some thousands of tables at most
#define REQUEST_MAX ((size_t)64 << 10)

static const struct span NOWHERE;

static const char *doing(struct diags *diags, const char *verb, struct str name)
{
    return arena_printf(diags->arena, "%s table %s", verb, diag_quote(diags, name)).at;
}

// False (diagnosed): the target names an account, and the ARN is of another or of none.
static bool account_check(const struct client *client, struct str account,
                          struct str name, struct diags *diags)
{
    struct str wanted = client_get_target(client)->account_id;
    if (wanted.len == 0 || str_eq(wanted, account)) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ACCOUNT_MISMATCH, NOWHERE,
                 "table %s belongs to account %s, not to %.*s", diag_quote(diags, name),
                 diag_quote(diags, account), STR_ARG(wanted));
    diag_help(diags, diag, "look at the credentials, and at account_id of target %s",
              diag_quote(diags, client_get_target(client)->name));
    return false;
}

static void put_table_name(struct buf *body, struct str name)
{
    buf_init(body, REQUEST_MAX);
    buf_put(body, STR("{\"TableName\":"));
    json_put_string(body, name);
    buf_char(body, '}');
}

bool table_describe(struct live_table *out, struct client *client, struct str name,
                    struct arena *arena, struct diags *diags)
{
    struct buf body;
    put_table_name(&body, name);
    struct reply reply = client_call(client, "DescribeTable", buf_str(&body));
    buf_deinit(&body);
    if (reply_is(&reply, "ResourceNotFoundException")) {
        *out = (struct live_table){.state = TABLE_MISSING, .status = STR("missing")};
        return true;
    }
    if (reply.kind == REPLY_OK && inspect_table(out, reply.body, arena)) {
        if (str_eq(out->table.name, name)) {
            return account_check(client, out->account_id, name, diags);
        }
        reply = reply_foreign(&reply, "it describes another table");
    }
    if (reply.kind == REPLY_OK) {
        reply = reply_foreign(&reply, NULL);
    }
    client_diagnose(client, &reply, doing(diags, "describing", name), NOWHERE, diags);
    return false;
}

bool table_create(struct client *client, struct str name, struct str body,
                  struct span span, struct diags *diags)
{
    struct reply reply = client_call(client, "CreateTable", body);
    if (reply_is(&reply, "ResourceInUseException")) {
        return true; // A274
    }
    if (reply.kind != REPLY_OK) {
        client_diagnose(client, &reply, doing(diags, "creating", name), span, diags);
        return false;
    }
    struct str arn = inspect_created_arn(reply.body, diags->arena);
    if (account_check(client, inspect_arn_account(arn), name, diags)) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_ACCOUNT_MISMATCH, span,
                                 "table %s was created there just now, and nothing "
                                 "was written to it",
                                 diag_quote(diags, name));
    diag_help(diags, diag, "drop it there if it is not wanted");
    return false;
}

// A266.
const char *table_broken_help(struct str status)
{
    static const struct {
        const char *status;
        const char *help;
    } ROWS[] = {
        {"INACCESSIBLE_ENCRYPTION_CREDENTIALS",
         "its key of KMS cannot be used: enable it, cancel its deletion, or let its "
         "policy allow DynamoDB again; after seven days the table is archived"},
        {"ARCHIVING",
         "its key of KMS could not be used for seven days: the table becomes a backup, "
         "which can be restored under another name"},
        {"ARCHIVED",
         "its key of KMS could not be used for seven days: the table is a backup now, "
         "which can be restored under another name"},
        {"REPLICATION_NOT_AUTHORIZED",
         "the role AWSServiceRoleForDynamoDBReplication may not replicate it"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (str_is(status, ROWS[i].status)) {
            return ROWS[i].help;
        }
    }
    return "waiting will not help: repair or drop the table";
}

bool table_wait(struct live_table *out, struct client *client, struct str name,
                const struct wait_options *options, struct arena *arena,
                struct diags *diags)
{
    struct poll poll = poll_begin(client, name, options, diags);
    bool seen = options->known;
    do {
        if (!table_describe(out, client, name, arena, diags)) {
            return false;
        }
        poll_show(&poll, out);
        if (out->state == TABLE_ACTIVE) {
            return true;
        }
        if (out->state == TABLE_BROKEN) {
            return poll_refuse(
                &poll, table_broken_help(out->status),
                arena_printf(diags->arena, "is %.*s", STR_ARG(out->status)).at);
        }
        if (out->state == TABLE_MISSING && seen) {
            return poll_refuse(&poll, "run it again, when nobody drops the table",
                               "was dropped while waiting for it");
        }
        if (out->state == TABLE_MISSING && poll_spent_ms(&poll) > ABSENT_MAX_MS) {
            return poll_refuse(&poll, "run it again", "does not appear");
        }
        seen = seen || out->state != TABLE_MISSING;
    } while (poll_pause(&poll));
    return false;
}

static void put_list_request(struct buf *body, struct str last)
{
    buf_reset(body);
    buf_char(body, '{');
    if (last.len > 0) {
        buf_put(body, STR("\"ExclusiveStartTableName\":"));
        json_put_string(body, last);
    }
    buf_char(body, '}');
}

// A page of names, of which `room` may follow. False: it is none, or one of those that
// never end; *why may say so.
static bool take_names(struct str **names, size_t *count, struct str *last,
                       struct pages *pages, size_t room, struct str body,
                       struct arena *arena, const char **why)
{
    if (!inspect_table_names(names, count, last, body, arena)) {
        return false;
    }
    *why = *count > room   ? "it names more tables than an account can have"
           : last->len > 0 ? pages_check(pages, *last, *count > 0)
                           : NULL;
    return *why == NULL;
}

bool table_list(struct str **names, size_t *count, struct client *client,
                struct arena *arena, struct diags *diags)
{
    struct buf body;
    struct pages pages = {0};
    struct str last = {0};
    size_t cap = 0;
    bool fine = true;
    *names = NULL;
    *count = 0;
    buf_init(&body, REQUEST_MAX);
    do {
        const char *why = NULL;
        struct str *page = NULL;
        size_t page_count = 0;
        put_list_request(&body, last);
        struct reply reply = client_call(client, "ListTables", buf_str(&body));
        if (reply.kind == REPLY_OK &&
            !take_names(&page, &page_count, &last, &pages, LIST_MAX - *count,
                        reply.body, arena, &why)) {
            reply = reply_foreign(&reply, why);
        }
        if (reply.kind != REPLY_OK) {
            client_diagnose(client, &reply, "listing tables", NOWHERE, diags);
            fine = false;
            break;
        }
        *names = arena_grow(arena, *names, *count, *count + page_count, &cap,
                            sizeof **names);
        for (size_t i = 0; i < page_count; i++) {
            (*names)[(*count)++] = page[i];
        }
    } while (last.len > 0);
    buf_deinit(&body);
    return fine;
}

// Sends DeleteTable. False: diagnosed. *accepted: it is being deleted, or gone. A table
// that is busy (A268) is no failure: the caller looks again.
static bool send_delete(bool *accepted, struct client *client, struct str name,
                        struct diags *diags)
{
    struct buf body;
    put_table_name(&body, name);
    struct reply reply = client_call(client, "DeleteTable", buf_str(&body));
    buf_deinit(&body);
    *accepted = reply.kind == REPLY_OK || reply_is(&reply, "ResourceNotFoundException");
    if (*accepted || reply_is(&reply, "ResourceInUseException")) {
        return true;
    }
    client_diagnose(client, &reply, doing(diags, "dropping", name), NOWHERE, diags);
    return false;
}

static bool missing_refuse(const struct client *client, struct str name,
                           struct diags *diags)
{
    struct diag *diag = diag_add(
        diags, DIAG_TABLE_MISSING, NOWHERE, "there is no table %s at %.*s",
        diag_quote(diags, name), STR_ARG(client_get_target(client)->endpoint_url));
    diag_help(diags, diag, "`ddbgen list-tables` shows what is there");
    return false;
}

// A163. False, diagnosed.
static bool protection_refuse(struct str name, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_TABLE_PROTECTED, NOWHERE,
                 "table %s is protected against deletion", diag_quote(diags, name));
    diag_help(diags, diag,
              "aws dynamodb update-table --table-name %.*s "
              "--no-deletion-protection-enabled",
              STR_ARG(name));
    return false;
}

// Both are told, and differ.
static bool differs(struct str before, struct str now)
{
    return before.len > 0 && now.len > 0 && !str_eq(before, now);
}

bool table_drop(struct client *client, struct str name,
                const struct wait_options *options, struct diags *diags)
{
    struct poll poll = poll_begin(client, name, options, diags);
    struct live_table first = {.state = TABLE_MISSING};
    bool accepted = false;
    do {
        struct live_table live;
        if (!table_describe(&live, client, name, diags->arena, diags)) {
            return false;
        }
        if (live.state == TABLE_MISSING) {
            return first.state != TABLE_MISSING || missing_refuse(client, name, diags);
        }
        if (first.state == TABLE_MISSING) {
            first = live;
        }
        if (differs(first.id, live.id) || differs(first.created, live.created)) {
            return true; // gone: this is another one, which somebody created since
        }
        if (live.table.settings.deletion_protection == SETTING_ENABLED) {
            return protection_refuse(name, diags);
        }
        poll_show(&poll, &live);
        // Once is enough: a second one could meet a table that somebody created since.
        accepted = accepted || str_is(live.status, "DELETING");
        if (!accepted && !send_delete(&accepted, client, name, diags)) {
            return false;
        }
    } while (poll_pause(&poll));
    return false;
}
