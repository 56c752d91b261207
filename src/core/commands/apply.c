// apply: the plan, shown, confirmed and carried out. First every table becomes as
// declared, then the items of each.
#include "apply.h"

#include "connect.h"
#include "converge.h"
#include "earlier.h"
#include "emit.h"
#include "fixtures.h"
#include "index_notes.h"
#include "loader.h"
#include "locks.h"
#include "make_tables.h"
#include "plan.h"
#include "plan_ledger.h"
#include "plan_view.h"
#include "run.h"
#include "saved_plan.h"
#include "say.h"

#include <inttypes.h>

#define WRITING "change tables and items"
#define LOSSES_SHOWN 5 // in a question

// The first ones of what would be lost, in words: all stand in the plan above.
struct losses {
    struct arena *arena;
    struct str text;
    uint64_t count;
};

static void add_loss(struct losses *losses, const char *verb, struct str what,
                     const struct plan_table *table)
{
    if (++losses->count <= LOSSES_SHOWN) {
        losses->text =
            arena_printf(losses->arena, "%.*s%s%s%.*s of table %.*s",
                         STR_ARG(losses->text), losses->text.len > 0 ? ", " : "", verb,
                         STR_ARG(what), STR_ARG(plan_declared(table)->name));
    }
}

// "remove global_secondary_indexes.by-date of table x, change balance of item pk "A" of
// table x".
static struct str losses(const struct plan *plan, struct ddb *ddb)
{
    struct losses losses = {.arena = &ddb->arena, .text = STR("")};
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_table *table = &plan->tables[i];
        for (size_t j = 0; j < table->diff.count; j++) {
            const struct table_change *change = &table->diff.changes[j];
            if (change->destructive) {
                add_loss(&losses, change->sign == '-' ? "remove " : "change ",
                         change->path, table);
            }
        }
    }
    for (size_t i = 0; i < plan->count && !plan->ways.by_rule; i++) {
        const struct plan_table *table = &plan->tables[i];
        uint64_t losing = table->counts.losing;
        for (size_t j = 0; j < losing && j < PLAN_LOSSES_TOLD; j++) {
            add_loss(&losses, "", table->losses[j], table);
        }
        losses.count += losing > PLAN_LOSSES_TOLD ? losing - PLAN_LOSSES_TOLD : 0;
    }
    return losses.count <= LOSSES_SHOWN
               ? losses.text
               : arena_printf(&ddb->arena, "%.*s, and %" PRIu64 " more",
                              STR_ARG(losses.text), losses.count - LOSSES_SHOWN);
}

// A protected target's name confirms all of the plan; elsewhere only what loses
// something is asked about, in items where that is not the target's rule.
static bool confirm(const struct plan *plan, struct ddb *ddb)
{
    struct plan_counts totals = plan_totals(plan);
    uint64_t losing = plan->ways.by_rule ? 0 : totals.losing;
    if (ddb->target.is_protected) {
        return connect_confirm_target(ddb, WRITING);
    }
    return totals.destructive + losing == 0 ||
           connect_confirm_loss(ddb, losses(plan, ddb));
}

// ---- what is written is noted

struct noting {
    struct plan_table *table;
    const struct plan *plan;
};

static bool note(void *context, const struct item_change *change)
{
    const struct noting *noting = context;
    struct ledger *ledger = noting->table->ledger;
    return change->made != NULL    ? ledger_note_made(ledger, change->made)
           : change->entry != NULL ? ledger_note(ledger, change->entry)
                                   : true;
}

static bool noted(void *context)
{
    const struct noting *noting = context;
    return ledger_noted(noting->table->ledger);
}

static void left(void *context, struct str key)
{
    const struct noting *noting = context;
    if (noting->table->reconciler != NULL) {
        reconciler_unwritten(noting->table->reconciler, key);
    }
}

static bool alive(void *context)
{
    const struct noting *noting = context;
    return plan_beat(noting->plan);
}

// All that is declared, by one more walk over it, before the first item is sent.
static bool note_declared(struct plan_table *table, struct ddb *ddb)
{
    if (table->ledger == NULL) {
        return true;
    }
    struct item_sink sink = ledger_items(table->ledger, table->counts.unread > 0);
    return emit_values(&ddb->compilation, table->unit, &sink) &&
           ledger_noted(table->ledger);
}

static bool write_items(struct plan_table *table, const struct plan *plan,
                        struct ddb *ddb, struct client *client)
{
    const struct plan_counts *counts = &table->counts;
    struct noting noting = {table, plan};
    struct converge_watch watch = {note, noted, left, alive, &noting};
    if (table->reconciler == NULL && !plan_was_found(table)) {
        return note_declared(table, ddb) &&
               converge_put_all(ddb, client, table, &watch);
    }
    bool differs = counts->added + counts->changed + counts->moved > 0 ||
                   (plan->prune && counts->stale > 0);
    return !differs || converge_changes(ddb, client, table, plan, &watch);
}

// What is sent is noted before, and is what was applied once it arrived.
static bool make_items(struct plan_table *table, const struct plan *plan,
                       struct ddb *ddb, struct client *client)
{
    return plan_beat(plan) && ledger_begin(&table->ledger) &&
           write_items(table, plan, ddb, client) && plan_commit(table, plan, ddb);
}

// Of a table that the run did not come to.
static void say_left(const struct plan_table *table, const struct plan *plan,
                     struct ddb *ddb)
{
    const struct plan_counts *counts = &table->counts;
    struct str name = plan_declared(table)->name;
    uint64_t puts = counts->added + counts->changed + counts->moved - counts->there +
                    counts->unread;
    uint64_t deletes = counts->moved + (plan->prune ? counts->stale : 0);
    if (puts > 0) {
        say_out(ddb, "%.*s: 0 of %" PRIu64 " items put\n", STR_ARG(name), puts);
    }
    if (deletes > 0) {
        say_out(ddb, "%.*s: 0 of %" PRIu64 " items deleted\n", STR_ARG(name), deletes);
    }
}

// Between the plan and the answer to a question somebody may have replaced a table, or
// made the one that was missing: what was shown is not about that one.
static bool is_same(const struct plan_table *table, struct ddb *ddb,
                    struct client *client)
{
    const struct table *declared = plan_declared(table);
    struct live_table now;
    if (!table_describe(&now, client, declared->name, &ddb->arena, &ddb->diags)) {
        return false;
    }
    bool dropped = now.state == TABLE_MISSING;
    bool created = plan_is_missing(table);
    if (dropped == created && str_eq(now.id, table->live.id) &&
        str_eq(now.created, table->live.created)) {
        return true;
    }
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_PLAN_STALE, declared->span,
                 dropped   ? "table %s was dropped since the plan was made"
                 : created ? "table %s was created by somebody since the plan was made"
                           : "table %s is another one than when the plan was made",
                 diag_quote(&ddb->diags, declared->name));
    diag_help(&ddb->diags, diag, "nothing was changed; run it again");
    return false;
}

static bool are_same(const struct plan *plan, struct ddb *ddb, struct client *client)
{
    bool same = true;
    for (size_t i = 0; i < plan->count && same; i++) {
        same = is_same(&plan->tables[i], ddb, client);
    }
    return same;
}

static void carry_out(struct plan *plan, struct ddb *ddb, struct client *client)
{
    // A question may have been asked for longer than a lease lasts.
    if (!plan_hold(plan) || !are_same(plan, ddb, client)) {
        return;
    }
    bool ok = make_tables(plan, ddb, client) && fixtures_unchanged(ddb);
    for (size_t i = 0; i < plan->count; i++) {
        if (ok) {
            ok = make_items(&plan->tables[i], plan, ddb, client);
        } else {
            say_left(&plan->tables[i], plan, ddb);
        }
    }
}

// What apply says on standard output is for people in every format; in a log of
// GitHub's it must hold no commands. What nobody can have read is not done.
static bool show_plan(struct plan *plan, struct ddb *ddb)
{
    const struct plan_format *format =
        ddb->options.format == DDB_FORMAT_GITHUB ? &PLAN_GITHUB : &PLAN_TEXT;
    if (plan_show(plan, ddb, format)) {
        return true;
    }
    if (ddb->stdout_left) {
        diag_add(&ddb->diags, DIAG_FILE_WRITE, (struct span){0},
                 "nobody reads standard output: the plan was not shown whole, and "
                 "nothing was changed");
    }
    return false;
}

static bool make_plan(struct plan *plan, struct ddb *ddb, struct client *client)
{
    bool each = ddb->options.detail == DDB_DETAIL_FULL;
    return plan_look(plan, ddb, client) && plan_open_ledgers(plan, ddb, true) &&
           plan_read(plan, ddb, client, each) && show_plan(plan, ddb) &&
           plan_check(plan, ddb) &&
           plan_check_conflicts(plan, ddb, "nothing was changed") &&
           !(ddb->options.strict && ddb->diags.warnings > 0);
}

// Nothing is to be done: what is there as declared is ours from now on.
static void complete(struct plan *plan, struct ddb *ddb)
{
    bool complete = true;
    for (size_t i = 0; i < plan->count && complete; i++) {
        complete = plan_commit(&plan->tables[i], plan, ddb);
    }
}

static struct client *open_client(struct ddb *ddb)
{
    return connect_foresee_confirmation(ddb, WRITING) ? connect_bulk_client(ddb) : NULL;
}

void apply_run(struct ddb *ddb, const struct ddb_apply_options *options)
{
    struct plan plan = {.ways = plan_ways(&options->ways),
                        .prune = options->prune,
                        .overwrite = options->overwrite,
                        .unconditional = options->unconditional,
                        .resend_sse = options->resend_sse};
    struct client *client = connect_open(ddb) ? open_client(ddb) : NULL;
    struct earlier was = {0};
    plan_follow_target(&plan, &ddb->target);
    bool known = client != NULL && earlier_open_was(&was, ddb, &options->ways);
    plan.before = earlier_applied(&was);
    if (known && make_plan(&plan, ddb, client)) {
        bool acts = plan_acts(&plan);
        bool goes_on = (!acts || (connect_account(ddb) && confirm(&plan, ddb))) &&
                       locks_record(ddb);
        if (goes_on && acts) {
            carry_out(&plan, ddb, client);
        } else if (goes_on) {
            complete(&plan, ddb);
        }
    }
    plan_free(&plan);
    earlier_close(&was, ddb);
    client_free(client);
}

// ---- a saved plan

// Its tables take the place of definitions.
static bool look_again(struct plan *plan, const struct saved_plan *saved,
                       struct ddb *ddb, struct client *client)
{
    ddb->compilation.units = saved->units;
    ddb->compilation.unit_count = saved->count;
    if (!plan_look(plan, ddb, client) || !plan_open_ledgers(plan, ddb, true) ||
        !saved_plan_check(saved, plan, ddb, client)) {
        return false;
    }
    for (size_t i = 0; i < plan->count; i++) {
        plan->tables[i].found = saved_table_found(&saved->tables[i]);
        index_notes_begin(&plan->tables[i], ddb);
        index_notes_end(&plan->tables[i], ddb, false);
    }
    return show_plan(plan, ddb) && plan_check(plan, ddb) &&
           !(ddb->options.strict && ddb->diags.warnings > 0);
}

void apply_saved_run(struct ddb *ddb, const char *path, bool unconditional)
{
    struct plan plan = {0};
    struct saved_plan saved;
    struct client *client = NULL;
    if (saved_plan_open(&saved, ddb, path) && connect_open(ddb) &&
        saved_plan_check_target(&saved, ddb)) {
        client = open_client(ddb);
    }
    plan.prune = saved.prune;
    plan.ways = saved.ways;
    plan.unconditional = unconditional;
    plan.ways.by_rule = saved.ways.restore && ddb->target.restores;
    if (client != NULL && look_again(&plan, &saved, ddb, client) && plan_acts(&plan) &&
        connect_account(ddb) && confirm(&plan, ddb)) {
        carry_out(&plan, ddb, client);
    }
    plan_free(&plan);
    client_free(client);
    saved_plan_close(&saved);
}
