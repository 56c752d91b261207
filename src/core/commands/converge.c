// Items made as they are declared: all of them into a new table; into one that exists
// only what differs. First what is new or changed is put, then what moved is deleted at
// its old place, so that a run that breaks off loses nothing. What is new goes out in
// batches; what was there before is written under the condition that it still is as it
// was read, and an item whose new place was not put keeps its old one.
#include "converge.h"

#include "conditional_writer.h"
#include "emit.h"
#include "item_key.h"
#include "item_print.h"
#include "json_read.h"
#include "left_items.h"
#include "loader.h"
#include "packer.h"
#include "plan.h"
#include "plan_cost.h"
#include "progress.h"
#include "run.h"
#include "say.h"

#include <inttypes.h>

#define KEY_MAX_BYTES ((size_t)64 << 10)

static void show_progress(void *context, uint64_t written)
{
    progress_show(context, written);
}

// `wanted` items are to be `done`.
static struct loader_options options_of(struct ddb *ddb, const struct plan_table *table,
                                        const struct converge_watch *watch,
                                        const char *done, uint64_t wanted)
{
    bool saved = plan_was_found(table);
    struct progress *progress = arena_alloc(&ddb->arena, sizeof *progress);
    *progress = progress_begin(ddb, done, wanted);
    struct loader_options options = {
        .rate = ddb->options.rate,
        .pace = plan_pace(table, ddb),
        .stop = ddb->options.stop,
        .progress = {show_progress, progress},
        .again =
            saved ? "a plan is carried out once: make a new one for the rest" : NULL,
    };
    if (watch != NULL) {
        options.beat = (struct loader_beat){watch->alive, watch->context};
    }
    return options;
}

// What a loader had to do, and who did what else with it.
struct share {
    uint64_t wanted;
    struct conditional_counts counts;
    const char *done; // "put"
};

// Waits for the loader and says what it did, if that was anything. `fed`: it got
// everything.
static bool end_loader(struct ddb *ddb, struct loader *loader, const struct unit *unit,
                       bool fed, const struct share *share)
{
    struct loader_result result = {0};
    bool finished = loader_finish(loader, &result);
    struct str name = unit->definition.table.name;
    uint64_t written = result.written + share->counts.landed;
    loader_free(loader);
    progress_end(ddb);
    ddb->interrupted = ddb->interrupted || result.interrupted;
    if (!fed || !finished) {
        say_out(ddb,
                "%.*s: %" PRIu64 " of %" PRIu64 " items %s, %" PRIu64
                " sent with unknown outcome\n",
                STR_ARG(name), written, share->wanted, share->done, result.unknown);
        return false;
    }
    if (share->counts.left > 0) {
        say_out(ddb,
                "%.*s: %" PRIu64 " of %" PRIu64 " items %s in %" PRIu64
                " request%s; %" PRIu64 " changed meanwhile\n",
                STR_ARG(name), written, share->wanted, share->done, result.requests,
                result.requests == 1 ? "" : "s", share->counts.left);
    } else if (result.requests > 0) {
        say_out(ddb, "%.*s: %" PRIu64 " item%s %s in %" PRIu64 " request%s\n",
                STR_ARG(name), written, written == 1 ? "" : "s", share->done,
                result.requests, result.requests == 1 ? "" : "s");
    }
    return true;
}

bool converge_put_all(struct ddb *ddb, struct client *client,
                      const struct plan_table *table,
                      const struct converge_watch *watch)
{
    struct unit *unit = table->unit;
    struct loader_options options =
        options_of(ddb, table, watch, "put", unit->item_count);
    struct loader *loader = loader_new(client, &options, &ddb->diags);
    struct batch_sink sink = loader_sink(loader, &unit->definition.table);
    bool emitted = emit_unit(&ddb->compilation, unit, &sink);
    struct share share = {.wanted = unit->item_count, .done = "put"};
    return end_loader(ddb, loader, unit, emitted, &share);
}

// ---- only what differs

struct converger {
    struct ddb *ddb;
    struct client *client;
    const struct plan *plan;
    struct plan_table *table;
    const struct converge_watch *watch; // or NULL
    struct item_printer *printer;
    struct packer packer;
    struct conditional_writer *writer; // NULL: nothing is conditional
    struct left_items left;
    struct arena scratch; // for one change
};

// Whether its live item is deleted.
static bool is_deleted(const struct converger *converger,
                       const struct item_change *change)
{
    return plan_deletes(converger->plan, change);
}

static bool is_put(const struct item_change *change)
{
    return change->put && (change->kind == ITEM_ADDED || change->kind == ITEM_CHANGED ||
                           change->kind == ITEM_MOVED);
}

// json goes out as what `of` says.
static bool pack(struct packer *packer, struct str json, enum item_write write,
                 const struct batch_item *of)
{
    struct buf *out = packer_begin(packer);
    if (out == NULL) {
        return false;
    }
    buf_put(out, json);
    struct batch_item *item = packer_end(packer);
    if (item == NULL) {
        return false;
    }
    item->write = write;
    item->source = of->source;
    item->line = of->line;
    item->identity = of->identity;
    return true;
}

// The key of a live item (B058).
static struct str key_of(struct converger *converger, struct str live)
{
    struct item_print print;
    const char *why = NULL;
    struct buf out;
    buf_init(&out, KEY_MAX_BYTES);
    if (item_print_read(&print, converger->printer, live, &why)) { // it was read
        item_print_write_key(&out, converger->printer, &print);
    }
    struct str key = arena_str(&converger->scratch, buf_str(&out));
    buf_deinit(&out);
    return key;
}

// What is new is put in batches.
static bool put_change(void *context, const struct item_change *change)
{
    struct converger *converger = context;
    if (!is_put(change)) {
        return true;
    }
    bool changed = change->kind == ITEM_CHANGED;
    if (converger->writer == NULL || change->kind == ITEM_ADDED) {
        return pack(&converger->packer, change->declared, ITEM_PUT, change->item);
    }
    struct conditional_change conditional = {
        .live = changed ? change->live : (struct str){0},
        .declared = change->declared,
        .of = change->item,
    };
    return conditional_writer_take(converger->writer, &conditional);
}

// Whether the place that an item moved to was left as somebody else made it.
static bool is_left(struct converger *converger, const struct item_change *change)
{
    struct json_reader reader;
    struct str text;
    if (change->kind != ITEM_MOVED || converger->left.keys.count == 0) {
        return false;
    }
    json_reader_init(&reader, change->declared, &converger->scratch);
    return item_key_read(&text, &reader, plan_declared(converger->table),
                         &converger->scratch) &&
           left_items_have(&converger->left, text);
}

static bool delete_change(void *context, const struct item_change *change)
{
    struct converger *converger = context;
    struct batch_item of = {.source = converger->table->unit->definition.source};
    arena_reset(&converger->scratch);
    if (!is_deleted(converger, change) || is_left(converger, change)) {
        return true;
    }
    of = change->item != NULL ? *change->item : of;
    if (converger->writer == NULL) {
        return pack(&converger->packer, key_of(converger, change->live), ITEM_DELETE,
                    &of);
    }
    struct conditional_change conditional = {.live = change->live, .of = &of};
    return conditional_writer_take(converger->writer, &conditional);
}

static void note_left(void *context, struct str key, struct str text,
                      const struct batch_item *of)
{
    struct converger *converger = context;
    left_items_add(&converger->left, key, text, of);
    if (converger->watch != NULL) {
        converger->watch->left(converger->watch->context, key);
    }
}

// Sends what `to` makes of the changes.
static bool send_changes(struct converger *converger, const struct change_sink *to,
                         bool deleting, uint64_t wanted)
{
    struct ddb *ddb = converger->ddb;
    const struct table *table = plan_declared(converger->table);
    struct share share = {.wanted = wanted, .done = deleting ? "deleted" : "put"};
    struct loader_options options =
        options_of(ddb, converger->table, converger->watch, share.done, wanted);
    options.deletes = deleting;
    struct loader *loader = loader_new(converger->client, &options, &ddb->diags);
    struct batch_sink sink = loader_sink(loader, table);
    struct conditional_left left = {note_left, converger};
    packer_init(&converger->packer, table->name, &sink);
    if (!converger->plan->unconditional) {
        converger->writer = conditional_writer_new(
            converger->client, loader, table, &left, ddb->options.stop, &ddb->diags);
    }
    bool fed =
        plan_changes(converger->table, ddb, to) && packer_flush(&converger->packer);
    if (converger->writer != NULL) {
        fed = conditional_writer_settle(converger->writer) && fed;
        share.counts = conditional_writer_get_counts(converger->writer);
    }
    packer_deinit(&converger->packer);
    fed = end_loader(ddb, loader, converger->table->unit, fed, &share);
    conditional_writer_free(converger->writer);
    converger->writer = NULL;
    return fed;
}

static bool write_changes(struct converger *converger, uint64_t wanted, uint64_t doomed)
{
    struct change_sink put = {put_change, converger};
    struct change_sink delete = {delete_change, converger};
    if (send_changes(converger, &put, false, wanted)) {
        return doomed == 0 || send_changes(converger, &delete, true, doomed);
    }
    if (doomed > 0) {
        say_out(converger->ddb, "%.*s: 0 of %" PRIu64 " items deleted\n",
                STR_ARG(plan_declared(converger->table)->name), doomed);
    }
    return false;
}

// ---- told before

static bool note_change(void *context, const struct item_change *change)
{
    struct converger *converger = context;
    const struct converge_watch *watch = converger->watch;
    return (!is_put(change) && !is_deleted(converger, change)) ||
           watch->note(watch->context, change);
}

static bool note_changes(struct converger *converger)
{
    const struct converge_watch *watch = converger->watch;
    struct change_sink to = {note_change, converger};
    return watch == NULL || (plan_changes(converger->table, converger->ddb, &to) &&
                             watch->noted(watch->context));
}

bool converge_changes(struct ddb *ddb, struct client *client, struct plan_table *table,
                      const struct plan *plan, const struct converge_watch *watch)
{
    struct converger converger = {
        .ddb = ddb,
        .client = client,
        .plan = plan,
        .table = table,
        .watch = watch,
        .printer = item_printer_new(plan_declared(table)),
    };
    const struct plan_counts *counts = &table->counts;
    uint64_t wanted = counts->added + counts->changed + counts->moved - counts->there;
    uint64_t doomed = counts->moved + (plan->prune ? counts->stale : 0);
    left_items_init(&converger.left, ddb, plan_declared(table));
    bool written =
        note_changes(&converger) && write_changes(&converger, wanted, doomed);
    left_items_say(&converger.left);
    arena_deinit(&converger.scratch);
    item_printer_free(converger.printer);
    return written;
}
