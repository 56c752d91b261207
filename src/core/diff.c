// diff: what apply would do, and nothing is written. The table is described, its items
// are read as far as they concern the run, and every change is shown as it is found.
#include "diff.h"

#include "fetcher.h"
#include "plan.h"
#include "reconcile.h"
#include "run.h"

#include <stdlib.h>

#define PLAN_MAX_BYTES ((size_t)64 << 20)

// What was read, into the reconciler.
struct reading {
    struct ddb *ddb;
    struct reconciler *reconciler;
    const struct table *table;
};

static bool take_live(void *context, struct str json)
{
    struct reading *reading = context;
    const char *why = NULL;
    if (reconciler_live(reading->reconciler, json, &why)) {
        return true;
    }
    diag_add(&reading->ddb->diags, DIAG_SERVICE, (struct span){0},
             "an item of table %s cannot be read: %s",
             diag_quote(&reading->ddb->diags, reading->table->name), why);
    return false;
}

bool diff_read(struct ddb *ddb, struct client *client, struct unit *unit,
               struct reconciler *reconciler)
{
    struct batch_sink sink = reconciler_declare(reconciler);
    if (!emit_unit(&ddb->compilation, unit, &sink)) {
        return false;
    }
    struct reconcile_read *reads = NULL;
    size_t count = reconciler_reads(reconciler, &reads);
    struct fetch *fetches = arena_array(&ddb->arena, count, sizeof *fetches);
    for (size_t i = 0; i < count; i++) {
        fetches[i] = (struct fetch){reads[i].keys ? FETCH_KEYS : FETCH_PARTITION,
                                    reads[i].members};
    }
    struct reading reading = {ddb, reconciler, &unit->definition.table};
    struct reader_sink to = {take_live, &reading};
    return fetcher_run(client, fetches, count, &to, ddb->options.interrupted,
                       "reading items", &ddb->diags);
}

void diff_count(struct plan_counts *counts, const struct item_change *change)
{
    switch (change->kind) {
    case ITEM_ADDED:
        counts->added++;
        break;
    case ITEM_CHANGED:
        counts->changed++;
        break;
    case ITEM_MOVED:
        counts->moved++;
        break;
    case ITEM_STALE:
    default:
        counts->stale++;
        break;
    }
}

// Above the first change of a table.
static void put_table_name(struct plan_view *view, const struct table *table)
{
    if (view->named != table && view->format == &PLAN_TEXT) {
        buf_put(&view->out, table->name);
        buf_char(&view->out, '\n');
    }
    view->named = table;
}

static bool show_change(void *context, const struct item_change *change)
{
    struct plan_view *view = context;
    diff_count(view->counts, change);
    buf_reset(&view->out);
    put_table_name(view, change->table);
    view->format->item(&view->out, change, view->ddb->options.color_out);
    return say_text(view->ddb, buf_str(&view->out));
}

bool diff_show(struct plan_view *view, struct unit *unit, struct reconciler *reconciler)
{
    struct change_sink to = {show_change, view};
    struct batch_sink sink = reconciler_changes(reconciler, &to);
    uint64_t before = view->counts->added + view->counts->changed + view->counts->moved;
    bool ok = emit_unit(&view->ddb->compilation, unit, &sink) &&
              reconciler_stale(reconciler, &to);
    uint64_t put =
        view->counts->added + view->counts->changed + view->counts->moved - before;
    view->counts->same += unit->item_count > put ? unit->item_count - put : 0;
    return ok;
}

void plan_view_init(struct plan_view *view, struct ddb *ddb,
                    const struct plan_format *format, struct plan_counts *counts)
{
    *view = (struct plan_view){.ddb = ddb, .format = format, .counts = counts};
    buf_init(&view->out, PLAN_MAX_BYTES);
}

void plan_view_end(struct plan_view *view, bool prune)
{
    buf_reset(&view->out);
    view->format->summary(&view->out, view->counts, prune);
    (void)say_text(view->ddb, buf_str(&view->out)); // diagnosed
}

void plan_view_deinit(struct plan_view *view)
{
    buf_deinit(&view->out);
}

// A table that is not there yet has none of its items.
static bool show_missing(struct plan_view *view, const struct unit *unit)
{
    buf_reset(&view->out);
    put_table_name(view, &unit->definition.table);
    view->format->table_missing(&view->out, &unit->definition.table,
                                view->ddb->options.color_out);
    view->counts->tables_missing++;
    return say_text(view->ddb, buf_str(&view->out));
}

static bool diff_unit(struct plan_view *view, struct client *client, struct unit *unit,
                      const struct live_table *live)
{
    struct ddb *ddb = view->ddb;
    struct reconciler *reconciler = reconciler_new(&ddb->compilation, unit);
    bool ok = true;
    if (live->state == TABLE_MISSING) {
        struct batch_sink sink = reconciler_declare(reconciler);
        ok = show_missing(view, unit) && emit_unit(&ddb->compilation, unit, &sink);
    } else {
        ok = diff_read(ddb, client, unit, reconciler);
    }
    ok = ok && diff_show(view, unit, reconciler);
    reconciler_free(reconciler);
    return ok;
}

void diff_run(struct ddb *ddb, bool prune)
{
    struct compilation *compilation = &ddb->compilation;
    struct client *client = connect_client(ddb, FETCHER_WINDOW, NULL);
    if (client == NULL) {
        return;
    }
    struct live_table *live =
        arena_array(&ddb->arena, compilation->unit_count, sizeof *live);
    struct plan_counts counts = {0};
    struct plan_view view;
    plan_view_init(&view, ddb,
                   ddb->options.format == DDB_FORMAT_JSON ? &PLAN_JSON : &PLAN_TEXT,
                   &counts);
    bool ok = apply_inspect_tables(ddb, client, live);
    for (size_t i = 0; ok && i < compilation->unit_count; i++) {
        ok = diff_unit(&view, client, &compilation->units[i], &live[i]);
    }
    ok = ok && fixtures_unchanged(ddb);
    if (ok) {
        plan_view_end(&view, prune);
        ddb->different = plan_differs(&counts);
    }
    plan_view_deinit(&view);
    client_free(client);
}
