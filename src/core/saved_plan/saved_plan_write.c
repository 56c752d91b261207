// A plan to a file. The plan was shown; its changes are gone through once more.
#include "fixtures.h"
#include "json_write.h"
#include "made_for.h"
#include "output.h"
#include "plan.h"
#include "plan_view.h"
#include "request.h"
#include "resolve.h"
#include "run.h"
#include "saved_lines.h"
#include "saved_plan.h"
#include "sha256.h"
#include "table_calls.h"
#include "table_update.h"

#include <inttypes.h>

#define MADE_MAX_BYTES ((size_t)16 << 20)

struct writer {
    struct ddb *ddb;
    struct output *output;
    struct sha256_hasher *hasher;
    struct buf line;
    uint64_t lines;
    const struct plan *plan;
};

// The line as it is now, ended. False: diagnosed.
static bool put_line(struct writer *writer)
{
    buf_puts(&writer->line, "}\n");
    struct str text = buf_str(&writer->line);
    if (writer->line.overflowed) {
        diag_add(&writer->ddb->diags, DIAG_FILE_WRITE, (struct span){0},
                 "a line of the plan is longer than %zu MiB", SAVED_LINE_MAX >> 20);
        return false;
    }
    sha256_hasher_add(writer->hasher, text);
    bool written = output_text(writer->output, text);
    buf_reset(&writer->line);
    writer->lines++;
    return written;
}

static void put_member(struct writer *writer, const char *name, struct str text)
{
    if (text.len > 0) {
        buf_printf(&writer->line, ",\"%s\":", name);
        json_put_string(&writer->line, text);
    }
}

static void put_flag(struct writer *writer, const char *name, bool so)
{
    if (so) {
        buf_printf(&writer->line, ",\"%s\":true", name);
    }
}

static struct str find_account(const struct writer *writer, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->tables[i].live.account_id.len > 0) {
            return plan->tables[i].live.account_id;
        }
    }
    return writer->ddb->target.account_id;
}

static bool put_head(struct writer *writer, const struct plan *plan)
{
    const struct target *target = &writer->ddb->target;
    buf_printf(&writer->line, "{\"type\":\"saved-plan\",\"version\":%d",
               SAVED_PLAN_VERSION);
    put_member(writer, "endpoint_url", target->endpoint_url);
    put_member(writer, "region", target->region);
    put_member(writer, "account_id", find_account(writer, plan));
    buf_printf(&writer->line, ",\"prune\":%s,\"restore\":%s,\"keep_theirs\":%s",
               plan->prune ? "true" : "false", plan->ways.restore ? "true" : "false",
               plan->ways.keep_theirs ? "true" : "false");
    return put_line(writer);
}

// ---- a table

static void begin_request(struct writer *writer, const char *type,
                          const char *operation)
{
    buf_printf(&writer->line, "{\"type\":\"%s\",\"operation\":\"%s\",\"body\":", type,
               operation);
}

// What is declared of it, as `build` would write it.
static bool put_requests(struct writer *writer, const struct table *declared)
{
    size_t count = 0;
    struct table_call *calls =
        table_calls(&count, declared, false, &writer->ddb->arena);
    begin_request(writer, "request", "CreateTable");
    request_write_create_table(&writer->line, declared);
    bool ok = put_line(writer);
    for (size_t i = 0; i < count && ok; i++) {
        begin_request(writer, "request", calls[i].update);
        table_call_write_update(&writer->line, declared, &calls[i]);
        ok = put_line(writer);
    }
    return ok;
}

static bool put_declared(struct writer *writer, const struct plan_table *table)
{
    buf_puts(&writer->line, "{\"type\":\"declared\",\"off\":");
    saved_off_write(&writer->line, plan_declared(table));
    buf_printf(&writer->line, ",\"unchanged\":%" PRIu64, table->counts.same);
    put_flag(writer, "external", plan_declared(table)->external);
    return put_line(writer);
}

static bool put_calls(struct writer *writer, const struct plan_table *table)
{
    struct table_step *steps = NULL;
    size_t count = 0;
    bool ok = true;
    if (!plan_is_missing(table)) {
        table_update_plan(&steps, &count, &table->diff, plan_declared(table),
                          &table->live.table, table->live.arn, &writer->ddb->arena);
    }
    for (size_t i = 0; i < count && ok; i++) {
        begin_request(writer, "call", steps[i].operation);
        buf_put(&writer->line, steps[i].body);
        ok = put_line(writer);
    }
    return ok;
}

// ---- its items

// What the ledger is to say of it: its seed is not known before the plan is carried out.
static void put_made(struct writer *writer, const struct item_change *change)
{
    struct buf of;
    struct arena scratch = {0};
    if (change->entry == NULL || change->item == NULL) {
        return;
    }
    const struct item_identity *identity = &change->item->identity;
    buf_init(&of, MADE_MAX_BYTES);
    if (identity->program != NULL) {
        made_for_put(&of, change->table, change->entity, identity, &scratch);
    }
    buf_puts(&writer->line, ",\"made\":\"");
    json_put_base64(&writer->line, buf_str(&of));
    buf_char(&writer->line, '"');
    if (change->whole.len > 0) {
        buf_puts(&writer->line, ",\"whole\":");
        buf_put(&writer->line, change->whole);
    }
    put_flag(writer, "over", change->entry->over);
    buf_deinit(&of);
    arena_deinit(&scratch);
}

static bool put_item(void *context, const struct item_change *change)
{
    static const char *const NAMES[] = {"added", "changed", "moved", "stale"};
    struct writer *writer = context;
    struct item_change judged = plan_judge(writer->plan, change);
    if (judged.kind == ITEM_THEIRS ||
        (judged.kind == ITEM_STALE && !writer->plan->prune)) {
        return true;
    }
    buf_printf(&writer->line, "{\"type\":\"item\",\"change\":\"%s\"",
               NAMES[change->kind]);
    put_member(writer, "entity", change->entity);
    if (change->kind != ITEM_ADDED) {
        char seen[UUID_TEXT_LEN];
        uuid_format(&change->seen, seen);
        put_member(writer, "seen", (struct str){seen, sizeof seen});
    }
    if (change->kind == ITEM_MOVED) {
        buf_printf(&writer->line, ",\"put\":%s", change->put ? "true" : "false");
    }
    if (change->live.len > 0) {
        buf_puts(&writer->line, ",\"old\":");
        plan_put_live(&writer->line, change);
    }
    if (change->declared.len > 0) {
        buf_puts(&writer->line, ",\"new\":");
        buf_put(&writer->line, change->declared);
    }
    plan_put_fates(&writer->line, change);
    put_made(writer, change);
    put_flag(writer, "gone", change->gone);
    put_flag(writer, "theirs", change->theirs);
    put_flag(writer, "loses", change->loses);
    return put_line(writer);
}

static bool put_table(struct writer *writer, struct plan_table *table)
{
    const struct live_table *live = &table->live;
    struct change_sink to = {put_item, writer};
    buf_puts(&writer->line, "{\"type\":\"table\"");
    put_member(writer, "table", plan_declared(table)->name);
    put_member(writer, "state", plan_is_missing(table) ? STR("missing") : STR("there"));
    put_member(writer, "id", live->id);
    put_member(writer, "created", live->created);
    return put_line(writer) && put_requests(writer, plan_declared(table)) &&
           put_declared(writer, table) && put_calls(writer, table) &&
           plan_changes(table, writer->ddb, &to);
}

static bool put_end(struct writer *writer)
{
    struct sha256 hash = sha256_hasher_end(writer->hasher);
    writer->hasher = NULL;
    buf_printf(&writer->line, "{\"type\":\"end\",\"lines\":%" PRIu64 ",\"sha256\":\"",
               writer->lines);
    sha256_put_hex(&writer->line, &hash);
    buf_puts(&writer->line, "\"}\n");
    return output_text(writer->output, buf_str(&writer->line));
}

bool saved_plan_write(const struct plan *plan, struct ddb *ddb, const char *path)
{
    struct writer writer = {
        .ddb = ddb,
        .output = resolve_named(ddb, path) == NULL
                      ? NULL
                      : output_private_new(path, ddb->options.stop, &ddb->diags),
        .plan = plan,
    };
    if (writer.output == NULL) {
        return false;
    }
    writer.hasher = sha256_hasher_new();
    buf_init(&writer.line, SAVED_LINE_MAX);
    bool ok = put_head(&writer, plan);
    for (size_t i = 0; i < plan->count && ok; i++) {
        ok = put_table(&writer, &plan->tables[i]);
    }
    ok = ok && put_end(&writer) && fixtures_unchanged(ddb) &&
         output_commit(writer.output);
    if (writer.hasher != NULL) {
        (void)sha256_hasher_end(writer.hasher);
    }
    buf_deinit(&writer.line);
    output_free(writer.output);
    return ok;
}
