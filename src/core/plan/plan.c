// A plan in the making: the service is asked, nothing is written.
#include "plan.h"

#include "connect.h"
#include "directory.h"
#include "emit.h"
#include "fetcher.h"
#include "former.h"
#include "index_notes.h"
#include "plan_ledger.h"
#include "progress.h"
#include "run.h"
#include "settings_diff.h"
#include "table_look.h"

// A table that is there, once it is at rest.
static bool look(struct plan_table *table, struct ddb *ddb, struct client *client)
{
    const struct table *declared = plan_declared(table);
    struct wait_options wait = connect_wait_options(ddb);
    struct live_table *live = &table->live;
    if (!table_look(live, client, declared, &wait, &ddb->arena, &ddb->diags)) {
        return false;
    }
    if (live->state == TABLE_PENDING) {
        return table_wait(live, client, declared->name, &wait, &ddb->arena,
                          &ddb->diags) &&
               table_look(live, client, declared, &wait, &ddb->arena, &ddb->diags);
    }
    return true;
}

static bool is_usable(const struct plan_table *table, struct ddb *ddb)
{
    if (table->live.state != TABLE_BROKEN) {
        return true;
    }
    const struct table *declared = plan_declared(table);
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_TABLE_STATE, declared->span, "table %s is %.*s",
                 diag_quote(&ddb->diags, declared->name), STR_ARG(table->live.status));
    diag_help(&ddb->diags, diag, "%s", table_broken_help(table->live.status));
    return false;
}

// One that others make is not made here.
static bool is_made(const struct plan_table *table, struct ddb *ddb)
{
    const struct table *declared = plan_declared(table);
    if (!declared->external || !plan_is_missing(table)) {
        return true;
    }
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_EXTERNAL_MISSING, declared->span,
                 "table %s is not there, and is external: others make it",
                 diag_quote(&ddb->diags, declared->name));
    diag_help(&ddb->diags, diag,
              "have it made where it is declared, or take out 'table: external'");
    return false;
}

// Whoever changes a table changes it elsewhere, too.
static void note_replicas(struct plan_table *table)
{
    if (table->live.replicas.len > 0) {
        table_note_add(
            &table->diff,
            (struct table_note){
                .kind = TABLE_NOTE_REPLICAS,
                .path = STR("replicas"),
                .value = table->live.replicas,
                .text = STR("what is written here is written there, too; their own "
                            "settings are neither looked at nor changed"),
            });
    }
}

// Whether any definition says what is to be sent again.
static bool check_resend(const struct plan *plan, struct ddb *ddb)
{
    bool said = !plan->resend_sse;
    for (size_t i = 0; i < ddb->compilation.unit_count && !said; i++) {
        said = ddb->compilation.units[i].definition.table.settings.sse.state ==
               SETTING_ENABLED;
    }
    if (!said) {
        diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                 "--resend sse_specification: no definition says one");
    }
    return said;
}

void plan_follow_target(struct plan *plan, const struct target *target)
{
    struct three_ways *ways = &plan->ways;
    if (target->restores && !ways->keep_theirs) {
        ways->restore = true;
        ways->by_rule = true;
    }
}

bool plan_look(struct plan *plan, struct ddb *ddb, struct client *client)
{
    bool ok = true;
    if (!check_resend(plan, ddb)) {
        return false;
    }
    plan->count = ddb->compilation.unit_count;
    plan->tables = arena_array(&ddb->arena, plan->count, sizeof *plan->tables);
    for (size_t i = 0; i < plan->count; i++) {
        struct plan_table *table = &plan->tables[i];
        *table = (struct plan_table){.unit = &ddb->compilation.units[i]};
        if (!look(table, ddb, client)) {
            return false; // the next one would fail the same way
        }
        ok = is_usable(table, ddb) && is_made(table, ddb) && ok;
        if (plan_is_missing(table)) {
            table_diff_new(&table->diff, plan_declared(table), &ddb->arena);
        } else {
            table_diff(&table->diff, plan_declared(table), &table->live.table,
                       &ddb->arena);
            note_replicas(table);
            table->live_count =
                live_count_take(&table->live, plan_declared(table)->name, client);
            if (plan->resend_sse) {
                sse_resend(&table->diff, plan_declared(table), &table->live.table);
            }
        }
    }
    return ok;
}

// What was read, into the reconciler.
struct reading {
    struct ddb *ddb;
    const struct plan *plan;
    struct plan_table *table;
    struct progress progress;
    uint64_t count;
};

static bool take_live(void *context, struct str json)
{
    struct reading *reading = context;
    const char *why = NULL;
    progress_note(&reading->progress, ++reading->count);
    if (!plan_beat(reading->plan)) {
        return false;
    }
    if (reconciler_live(reading->table->reconciler, json, &why)) {
        index_notes_take(reading->table, json, reading->ddb);
        return true;
    }
    diag_add(&reading->ddb->diags, DIAG_SERVICE, (struct span){0},
             "an item of table %s cannot be read: %s",
             diag_quote(&reading->ddb->diags, plan_declared(reading->table)->name),
             why);
    return false;
}

static bool read_live(struct plan_table *table, const struct plan *plan,
                      struct ddb *ddb, struct client *client)
{
    struct reconcile_read *reads = NULL;
    size_t count = reconciler_reads(table->reconciler, &reads);
    struct fetch *fetches = arena_array(&ddb->arena, count, sizeof *fetches);
    for (size_t i = 0; i < count; i++) {
        fetches[i] =
            (struct fetch){.kind = reads[i].keys ? FETCH_KEYS : FETCH_PARTITION,
                           .members = reads[i].members,
                           .table = plan_declared(table)};
    }
    struct reading reading = {.ddb = ddb, .plan = plan, .table = table};
    struct reader_sink to = {take_live, &reading};
    // What is declared is mostly there; what else may be is not known before.
    reading.progress = progress_begin(ddb, "read", table->unit->item_count);
    reading.progress.about = true;
    bool read = fetcher_run(NULL, client, fetches, count, &to, ddb->options.stop,
                            "reading items", &ddb->diags);
    progress_end(ddb);
    return read;
}

// Partitions go by the users' columns: under their former ones are items that moved.
static bool declare_former(struct plan_table *table, struct ddb *ddb,
                           const struct users *former)
{
    struct unit *unit = table->unit;
    struct item_sink sink = reconciler_former(table->reconciler);
    struct users now = unit->users;
    unit->users = *former;
    bool ok = emit_values(&ddb->compilation, unit, &sink);
    unit->users = now;
    return ok;
}

static bool declare_formers(struct plan_table *table, struct ddb *ddb)
{
    const struct unit *unit = table->unit;
    if (plan_is_missing(table)) {
        return true;
    }
    bool ok = unit->former == NULL || declare_former(table, ddb, unit->former);
    for (size_t i = 0; i < unit->learned_count && ok; i++) {
        ok = declare_former(table, ddb, unit->learned[i]);
    }
    return ok;
}

// All that is declared, and what was applied before. False: diagnosed, or interrupted.
static bool declare(struct plan_table *table, const struct plan *plan, struct ddb *ddb)
{
    enum remembered_how how = REMEMBERED_WRONG;
    while (how == REMEMBERED_WRONG) {
        reconciler_free(table->reconciler);
        table->reconciler = reconciler_new(&ddb->compilation, table->unit);
        struct item_sink sink = reconciler_declare(table->reconciler);
        if (!emit_values(&ddb->compilation, table->unit, &sink) ||
            !declare_formers(table, ddb)) {
            return false;
        }
        how = plan_remember(table, plan);
    }
    bool given = plan->before.give == NULL || plan_is_missing(table) ||
                 plan->before.give(plan->before.self, table, ddb);
    return given && how == REMEMBERED;
}

static bool read_once(struct plan_table *table, const struct plan *plan,
                      struct ddb *ddb, struct client *client)
{
    return declare(table, plan, ddb) &&
           (plan_is_missing(table) || read_live(table, plan, ddb, client));
}

static bool note_former(void *context, const struct item_change *change)
{
    former_note(context, change);
    return true;
}

// How often items are read again for what those that were read tell.
#define FORMER_ROUNDS_MAX 8

// What the items that were read tell of the users as they were: *count texts. False: a
// fixture is not what it was.
static bool learn_former(size_t *count, struct plan_table *table, struct ddb *ddb)
{
    struct unit *unit = table->unit;
    struct former *former = former_new(unit);
    struct change_sink to = {note_former, former};
    bool ok = plan_changes(table, ddb, &to);
    unit->learned = former_users(&unit->learned_count, former, &ddb->arena);
    *count = former_count(former);
    former_free(former);
    return ok;
}

// Where handles stand for others than when the items were made, and no lock knows what
// it was, all is read once more: in the partitions of then are items that move or go. One
// that moves may tell of somebody else (the inbox entry, of whom it is a talk with).
static bool read_items(struct plan_table *table, const struct plan *plan,
                       struct ddb *ddb, struct client *client)
{
    const struct unit *unit = table->unit;
    if (!read_once(table, plan, ddb, client)) {
        return false;
    }
    bool tells = !plan_is_missing(table) && unit_takes_transcripts(unit) &&
                 unit_reads_users(unit);
    size_t known = 0;
    for (int round = 0; tells && round < FORMER_ROUNDS_MAX; round++) {
        size_t learned = 0;
        if (!learn_former(&learned, table, ddb)) {
            return false;
        }
        if (learned <= known) {
            break;
        }
        known = learned;
        if (!read_once(table, plan, ddb, client)) {
            return false;
        }
    }
    return true;
}

bool plan_read(struct plan *plan, struct ddb *ddb, struct client *client, bool list_new)
{
    bool ok = true;
    for (size_t i = 0; i < plan->count && ok; i++) {
        struct plan_table *table = &plan->tables[i];
        bool wanted = plan_is_missing(table) ? list_new : !plan->overwrite;
        index_notes_begin(table, ddb);
        if (wanted && !table->diff.other_key) {
            ok = read_items(table, plan, ddb, client);
        }
        index_notes_end(table, ddb, false);
    }
    return ok;
}

bool plan_changes(const struct plan_table *table, struct ddb *ddb,
                  const struct change_sink *to)
{
    if (plan_was_found(table)) {
        return table->found.give(table->found.self, to);
    }
    if (!reconciler_differs(table->reconciler)) {
        return true; // there is nothing to look for
    }
    struct batch_sink sink = reconciler_changes(table->reconciler, to);
    return emit_unit(&ddb->compilation, table->unit, &sink) &&
           reconciler_stale(table->reconciler, to);
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        reconciler_free(plan->tables[i].reconciler);
        ledger_close(plan->tables[i].ledger);
        forecast_free(plan->tables[i].forecast);
        coverage_free(plan->tables[i].coverage.found);
    }
}

struct plan_counts plan_totals(const struct plan *plan)
{
    struct plan_counts totals = {0};
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_counts *counts = &plan->tables[i].counts;
        totals.tables_added += counts->tables_added;
        totals.table_changes += counts->table_changes;
        totals.destructive += counts->destructive;
        totals.impossible += counts->impossible;
        totals.added += counts->added;
        totals.changed += counts->changed;
        totals.moved += counts->moved;
        totals.there += counts->there;
        totals.stale += counts->stale;
        totals.theirs += counts->theirs;
        totals.kept += counts->kept;
        totals.conflicts += counts->conflicts;
        totals.gone += counts->gone;
        totals.losing += counts->losing;
        totals.same += counts->same;
        totals.unread += counts->unread;
        for (size_t kind = 0; kind < TABLE_NOTE_KIND_COUNT; kind++) {
            totals.notes[kind] += counts->notes[kind];
        }
    }
    return totals;
}

bool plan_is_certain(const struct plan_counts *counts)
{
    return counts->notes[TABLE_NOTE_UNKNOWN] == 0 &&
           counts->notes[TABLE_NOTE_UNDECLARED] == 0 &&
           counts->notes[TABLE_NOTE_UNCOMPARED] == 0 &&
           counts->notes[TABLE_NOTE_ITEMS_UNCOMPARED] == 0;
}

uint64_t plan_count_notes(const struct plan_counts *counts)
{
    uint64_t count = 0;
    for (size_t kind = 0; kind < TABLE_NOTE_KIND_COUNT; kind++) {
        count += counts->notes[kind];
    }
    return count;
}

bool plan_differs(const struct plan *plan, const struct plan_counts *counts)
{
    uint64_t theirs = plan->ways.show_theirs ? counts->theirs : 0;
    return counts->tables_added + counts->table_changes + counts->added +
               counts->changed + counts->moved + counts->stale + counts->unread +
               counts->conflicts + theirs >
           0;
}

bool plan_acts(const struct plan *plan)
{
    struct plan_counts totals = plan_totals(plan);
    totals.stale = plan->prune ? totals.stale : 0;
    totals.theirs = 0;
    return plan_differs(plan, &totals);
}

bool plan_check(const struct plan *plan, struct ddb *ddb)
{
    bool possible = true;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_table *table = &plan->tables[i];
        possible = table_diff_check(&table->diff, plan_declared(table), &ddb->diags) &&
                   possible;
    }
    return possible;
}
