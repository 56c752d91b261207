// Before anything is sent: where it goes, why, and whether it was meant.
#include "connect.h"

#include "answer_wait.h"
#include "file.h"
#include "json_write.h"
#include "lease.h"
#include "loader.h"
#include "project.h"
#include "report.h"
#include "run.h"
#include "say.h"
#include "stop.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES 512
#define SAY_MAX_BYTES ((size_t)16 * 1024)

void connect_say(struct ddb *ddb, const char *format, ...)
{
    if (!report_lines_for_people(ddb)) {
        return;
    }
    struct buf raw;
    struct buf visible;
    va_list arguments;
    buf_init(&raw, SAY_MAX_BYTES);
    buf_init(&visible, 4 * SAY_MAX_BYTES);
    va_start(arguments, format);
    buf_vprintf(&raw, format, arguments);
    va_end(arguments);
    utf8_put_visible(&visible, buf_str(&raw));
    buf_char(&visible, '\n');
    bool written = say_error(ddb, buf_str(&visible));
    (void)written; // nobody listens
    buf_deinit(&visible);
    buf_deinit(&raw);
}

bool connect_target(struct ddb *ddb)
{
    if (ddb->has_target) {
        return true;
    }
    if (ddb->target_failed) {
        return false;
    }
    const char *folder = ".";
    if (ddb->compilation.unit_count > 0) { // the first definition's project tells
        folder = project_folder(ddb->compilation.units[0].definition.source->name.at,
                                &ddb->arena);
    }
    struct target_request request = {
        .name = str_from(ddb->options.target),
        .endpoint_url = str_from(ddb->options.endpoint_url),
        .region = str_from(ddb->options.region),
        .profile = str_from(ddb->options.profile),
        .start_dir = folder,
        .follow_links = ddb->options.follow_links,
    };
    ddb->has_target = target_resolve(&ddb->target, &request, &ddb->arena, &ddb->diags);
    ddb->target_failed = !ddb->has_target;
    return ddb->has_target;
}

// Each --yes answers one question: a table may be named like its target.
static bool was_given(struct ddb *ddb, struct str name)
{
    if (ddb->yes_used == NULL) {
        ddb->yes_used = arena_array(&ddb->arena, ddb->options.yes_count, sizeof(bool));
    }
    for (size_t i = 0; i < ddb->options.yes_count; i++) {
        if (!ddb->yes_used[i] && str_is(name, ddb->options.yes[i])) {
            ddb->yes_used[i] = true;
            return true;
        }
    }
    return false;
}

// The name typed on the terminal. `doing`: "drop table 'x'".
static bool ask(struct ddb *ddb, struct str name, struct str doing)
{
    char answer[ANSWER_MAX_BYTES];
    struct buf prompt;
    buf_init(&prompt, SAY_MAX_BYTES);
    buf_puts(&prompt, "About to ");
    utf8_put_visible(&prompt, doing);
    buf_puts(&prompt, ". Type '");
    utf8_put_visible(&prompt, name);
    buf_puts(&prompt, "' to go on: ");
    bool asked = ddb->options.ask != NULL &&
                 ddb->options.ask(ddb->options.ask_context, buf_cstr(&prompt), answer,
                                  sizeof answer);
    buf_deinit(&prompt);
    return asked && str_is(name, answer);
}

static struct diag *refuse(struct ddb *ddb, struct str doing)
{
    return diag_add(&ddb->diags, DIAG_NOT_CONFIRMED, (struct span){0},
                    "not confirmed, nothing was changed: %.*s", STR_ARG(doing));
}

// `doing` is meant: --yes=NAME says so, or the name typed on the terminal.
static bool confirm(struct ddb *ddb, struct str name, struct str doing)
{
    if (was_given(ddb, name) || ask(ddb, name, doing)) {
        return true;
    }
    diag_help(&ddb->diags, refuse(ddb, doing), "to confirm it, give --yes=%.*s",
              STR_ARG(name));
    return false;
}

static struct str on_target(struct ddb *ddb, const char *writing)
{
    const struct target *target = &ddb->target;
    return arena_printf(&ddb->arena, "%s on the protected target %.*s (%.*s, %.*s)",
                        writing, STR_ARG(target->confirm_name),
                        STR_ARG(target->endpoint_url), STR_ARG(target->region));
}

bool connect_confirm_target(struct ddb *ddb, const char *writing)
{
    return !ddb->target.is_protected ||
           confirm(ddb, ddb->target.confirm_name, on_target(ddb, writing));
}

bool connect_foresee_confirmation(struct ddb *ddb, const char *writing)
{
    struct str name = ddb->target.confirm_name;
    bool given = false;
    for (size_t i = 0; i < ddb->options.yes_count; i++) {
        given = given || str_is(name, ddb->options.yes[i]);
    }
    if (!ddb->target.is_protected || given || ddb->options.can_ask) {
        return true;
    }
    diag_help(&ddb->diags, refuse(ddb, on_target(ddb, writing)),
              "to confirm it, give --yes=%.*s", STR_ARG(name));
    return false;
}

bool connect_confirm_loss(struct ddb *ddb, struct str doing)
{
    if (was_given(ddb, STR("")) || ask(ddb, STR("yes"), doing)) {
        return true;
    }
    diag_help(&ddb->diags, refuse(ddb, doing), "to confirm it, give --yes");
    return false;
}

// Where things go, before anything is sent: for people, or as one JSON object.
static void say_target(struct ddb *ddb, const struct target *target)
{
    bool has_key = target->access_key_from.len > 0; // and not the dummy one
    if (report_lines_for_people(ddb)) {
        connect_say(ddb, "target: %.*s%s%.*s in %.*s (%.*s)%s%s%.*s",
                    STR_ARG(target->name), target->name.len > 0 ? ", " : "",
                    STR_ARG(target->endpoint_url), STR_ARG(target->region),
                    STR_ARG(target->why), target->is_protected ? ", protected" : "",
                    has_key ? ", key id " : "",
                    STR_ARG(has_key ? target->access_key_id : STR("")));
        return;
    }
    struct buf line;
    buf_init(&line, SAY_MAX_BYTES);
    buf_puts(&line, "{\"type\":\"target\",\"name\":");
    json_put_string(&line, target->name);
    buf_puts(&line, ",\"endpoint_url\":");
    json_put_string(&line, target->endpoint_url);
    buf_puts(&line, ",\"region\":");
    json_put_string(&line, target->region);
    buf_puts(&line, ",\"why\":");
    json_put_string(&line, target->why);
    if (has_key) {
        buf_puts(&line, ",\"access_key_id\":");
        json_put_string(&line, target->access_key_id);
    }
    buf_printf(&line, ",\"protected\":%s}\n", target->is_protected ? "true" : "false");
    bool written = say_error(ddb, buf_str(&line));
    (void)written; // nobody listens
    buf_deinit(&line);
}

bool connect_open(struct ddb *ddb)
{
    if (!connect_target(ddb)) {
        return false;
    }
    say_target(ddb, &ddb->target);
    return true;
}

bool connect_lease(struct ddb *ddb)
{
    if (ddb->target.lease == NULL) {
        ddb->target.lease = lease_open(&ddb->target, ddb->options.stop, &ddb->diags);
    }
    return ddb->target.lease != NULL;
}

static void say_awaiting(void *context)
{
    struct ddb *ddb = context;
    connect_say(ddb, "waiting: %.*s does not answer yet",
                STR_ARG(ddb->target.endpoint_url));
}

// --wait, once in a run.
static bool await_answer(struct ddb *ddb, struct client *client)
{
    if (ddb->options.wait_ms > 0 && !ddb->awaited) {
        ddb->awaited =
            answer_wait(client, ddb->options.wait_ms, say_awaiting, ddb, &ddb->diags);
        connect_note_interrupt(ddb);
        return ddb->awaited;
    }
    return true;
}

struct client *connect_client(struct ddb *ddb, unsigned slots)
{
    if (!connect_lease(ddb)) {
        return NULL;
    }
    struct client *client = client_new(&ddb->target, slots, &ddb->diags);
    if (client != NULL) {
        client_watch(client, ddb->options.stop);
        if (!await_answer(ddb, client)) {
            client_free(client);
            return NULL;
        }
    }
    return client;
}

static enum client_compress compress_of(const struct ddb *ddb)
{
    bool far = ddb->target.https && !ddb->target.loopback;
    switch (ddb->options.compress) {
    case DDB_COMPRESS_ALWAYS:
        return CLIENT_COMPRESS_ALWAYS;
    case DDB_COMPRESS_NEVER:
        return CLIENT_COMPRESS_NEVER;
    case DDB_COMPRESS_AUTO:
    default:
        return far ? CLIENT_COMPRESS_TRIED : CLIENT_COMPRESS_NEVER;
    }
}

struct client *connect_bulk_client(struct ddb *ddb)
{
    unsigned wanted = ddb->options.concurrency;
    unsigned most = wanted > 0 ? wanted : DDB_CONCURRENCY;
    struct client *client = connect_client(ddb, most + LOADER_AHEAD);
    if (client != NULL) {
        client_limit(client, most);
        client_compress(client, compress_of(ddb));
    }
    return client;
}

void connect_note_interrupt(struct ddb *ddb)
{
    if (stop_is_set(ddb->options.stop)) {
        ddb->interrupted = true;
    }
}

bool connect_confirm_table(struct ddb *ddb, struct str table, struct str replicas)
{
    if (replicas.len > 0) {
        connect_say(
            ddb, "note: table %.*s has replicas in %.*s: they stay, with their items",
            STR_ARG(table), STR_ARG(replicas));
    }
    struct str doing =
        arena_printf(&ddb->arena, "drop table %s with all its items at %.*s",
                     diag_quote(&ddb->diags, table), STR_ARG(ddb->target.endpoint_url));
    return confirm(ddb, table, doing);
}

static void say_status(void *context, struct str name, struct str index,
                       struct str status)
{
    if (index.len > 0) {
        connect_say(context, "waiting: index %.*s of table %.*s is %.*s",
                    STR_ARG(index), STR_ARG(name), STR_ARG(status));
    } else if (!str_is(status, "ACTIVE")) {
        connect_say(context, "waiting: table %.*s is %.*s", STR_ARG(name),
                    STR_ARG(status));
    }
}

struct wait_options connect_wait_options(struct ddb *ddb)
{
    return (struct wait_options){
        .timeout_ms = ddb->options.wait_timeout_ms,
        .stop = ddb->options.stop,
        .show = say_status,
        .context = ddb,
    };
}
