// Items made as they are declared: all of them into a new table; into one that exists
// only what differs. First what is new or changed is put, then what moved is deleted at
// its old place, so that a run that breaks off loses nothing.
#include "converge.h"

#include "emit.h"
#include "item_print.h"
#include "loader.h"
#include "packer.h"
#include "plan.h"
#include "progress.h"
#include "run.h"
#include "say.h"

#include <inttypes.h>

#define KEY_MAX_BYTES ((size_t)64 << 10)

static void show_progress(void *context, uint64_t written)
{
    progress_show(context, written);
}

// `deletes`: what is written are keys of items that go; `wanted` of them.
static struct loader *open_loader(struct ddb *ddb, struct client *client, bool saved,
                                  bool deletes, uint64_t wanted)
{
    struct progress *progress = arena_alloc(&ddb->arena, sizeof *progress);
    *progress = progress_begin(ddb, deletes ? "deleted" : "put", wanted);
    struct loader_options options = {
        .stop = ddb->options.stop,
        .progress = {show_progress, progress},
        .deletes = deletes,
        .again =
            saved ? "a plan is carried out once: make a new one for the rest" : NULL,
    };
    return loader_new(client, &options, &ddb->diags);
}

// Waits for the loader and says what it did, if that was anything. `fed`: it got
// everything.
static bool end_loader(struct ddb *ddb, struct loader *loader, const struct unit *unit,
                       bool fed, uint64_t wanted, const char *done)
{
    struct loader_result result = {0};
    bool finished = loader_finish(loader, &result);
    struct str name = unit->definition.table.name;
    progress_end(ddb);
    ddb->interrupted = ddb->interrupted || result.interrupted;
    if (fed && finished && result.requests == 0) {
        loader_free(loader);
        return true;
    }
    if (fed && finished) {
        say_out(ddb, "%.*s: %" PRIu64 " item%s %s in %" PRIu64 " request%s\n",
                STR_ARG(name), result.written, result.written == 1 ? "" : "s", done,
                result.requests, result.requests == 1 ? "" : "s");
    } else {
        say_out(ddb,
                "%.*s: %" PRIu64 " of %" PRIu64 " items %s, %" PRIu64
                " sent with unknown outcome\n",
                STR_ARG(name), result.written, wanted, done, result.unknown);
    }
    loader_free(loader);
    return fed && finished;
}

bool converge_put_all(struct ddb *ddb, struct client *client, struct unit *unit,
                      struct ledger *ledger)
{
    struct loader *loader = open_loader(ddb, client, false, false, unit->item_count);
    struct batch_sink sent = loader_sink(loader, &unit->definition.table);
    struct batch_sink sink = ledger_watch(ledger, &sent);
    bool emitted = emit_unit(&ddb->compilation, unit, &sink);
    return end_loader(ddb, loader, unit, emitted, unit->item_count, "put");
}

// ---- only what differs

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

// A live item that has to go.
struct doomed {
    struct str key; // {"pk":{...},"sk":{...}}
    struct batch_item item;
};

struct converger {
    struct ddb *ddb;
    const struct plan *plan;
    struct plan_table *table;
    struct item_printer *printer;
    struct packer packer;
    struct doomed *doomed;
    size_t doomed_count;
    size_t doomed_cap;
};

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
    struct str key = arena_str(&converger->ddb->arena, buf_str(&out));
    buf_deinit(&out);
    return key;
}

static void doom(struct converger *converger, const struct item_change *change)
{
    struct batch_item item = {.source = converger->table->unit->definition.source};
    if (change->item != NULL) {
        item = *change->item;
    }
    converger->doomed = arena_grow(&converger->ddb->arena, converger->doomed,
                                   converger->doomed_count, converger->doomed_count + 1,
                                   &converger->doomed_cap, sizeof *converger->doomed);
    converger->doomed[converger->doomed_count++] =
        (struct doomed){key_of(converger, change->live), item};
}

static bool take_change(void *context, const struct item_change *change)
{
    struct converger *converger = context;
    if (plan_deletes(converger->plan, change) && change->live.len > 0) {
        doom(converger, change);
    }
    return change->kind == ITEM_STALE || !change->put ||
           pack(&converger->packer, change->declared, ITEM_PUT, change->item);
}

static void open_packer(struct converger *converger, struct loader *loader)
{
    const struct table *table = plan_declared(converger->table);
    struct batch_sink sink = loader_sink(loader, table);
    packer_init(&converger->packer, table->name, &sink);
}

static bool put_changes(struct converger *converger, struct client *client,
                        uint64_t wanted)
{
    struct ddb *ddb = converger->ddb;
    struct loader *loader =
        open_loader(ddb, client, plan_was_found(converger->table), false, wanted);
    struct change_sink to = {take_change, converger};
    open_packer(converger, loader);
    bool fed =
        plan_changes(converger->table, ddb, &to) && packer_flush(&converger->packer);
    packer_deinit(&converger->packer);
    return end_loader(ddb, loader, converger->table->unit, fed, wanted, "put");
}

static bool delete_doomed(struct converger *converger, struct client *client)
{
    struct ddb *ddb = converger->ddb;
    struct loader *loader = open_loader(ddb, client, plan_was_found(converger->table),
                                        true, converger->doomed_count);
    open_packer(converger, loader);
    bool fed = true;
    for (size_t i = 0; i < converger->doomed_count && fed; i++) {
        fed = pack(&converger->packer, converger->doomed[i].key, ITEM_DELETE,
                   &converger->doomed[i].item);
    }
    fed = fed && packer_flush(&converger->packer);
    packer_deinit(&converger->packer);
    return end_loader(ddb, loader, converger->table->unit, fed, converger->doomed_count,
                      "deleted");
}

static bool write_changes(struct converger *converger, struct client *client,
                          uint64_t wanted, uint64_t doomed)
{
    if (put_changes(converger, client, wanted)) {
        return converger->doomed_count == 0 || delete_doomed(converger, client);
    }
    if (doomed > 0) {
        say_out(converger->ddb, "%.*s: 0 of %" PRIu64 " items deleted\n",
                STR_ARG(plan_declared(converger->table)->name), doomed);
    }
    return false;
}

bool converge_changes(struct ddb *ddb, struct client *client, struct plan_table *table,
                      const struct plan *plan)
{
    struct converger converger = {
        .ddb = ddb,
        .plan = plan,
        .table = table,
        .printer = item_printer_new(plan_declared(table)),
    };
    const struct plan_counts *counts = &table->counts;
    uint64_t wanted = counts->added + counts->changed + counts->moved;
    uint64_t doomed = counts->moved + (plan->prune ? counts->stale : 0);
    bool written = write_changes(&converger, client, wanted, doomed);
    item_printer_free(converger.printer);
    return written;
}
