// What a run would change: each table as it is, what makes it as declared, and what
// becomes of its items. diff shows a plan, apply shows it and carries it out.
//
//     plan_look      the live tables
//     plan_read      their items, as far as they concern the run
//     plan_show      in a format, counting (plan_view.h)
#ifndef DDB_CORE_PLAN_H
#define DDB_CORE_PLAN_H

#include "client.h"
#include "compilation.h"
#include "coverage.h"
#include "forecast.h"
#include "ledger.h"
#include "live_count.h"
#include "pace.h"
#include "reconcile.h"
#include "run.h"
#include "table_admin.h"
#include "table_diff.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Changes of a table's items that were found before, by whoever has them (a saved
// plan).
struct found_changes {
    // Each of them, in order. False: the sink said no. NULL: nobody has any.
    bool (*give)(const void *self, const struct change_sink *to);
    const void *self;
};

struct plan_counts {
    uint64_t tables_added;
    uint64_t table_changes; // settings and indexes of tables that are there
    uint64_t destructive;   // of these
    uint64_t impossible;
    uint64_t added;
    uint64_t changed;
    uint64_t moved;
    uint64_t there; // of these: under its new key already, only the old place goes
    uint64_t stale;
    uint64_t theirs;    // left as somebody else made them
    uint64_t kept;      // of these: nothing declares them, they stay for their changes
    uint64_t conflicts; // both sides changed the same
    uint64_t gone;      // of the added ones: somebody deleted them
    uint64_t losing;    // to be written: they take away what nobody knows to be ours
    uint64_t same;      // items that are as they should be
    uint64_t unread;    // items to be put without looking (--overwrite)
    uint64_t notes[TABLE_NOTE_KIND_COUNT]; // what is no change
};

struct plan_table;

// What was applied to a table, into its reconciler, by whoever knows it instead of a
// ledger. False: diagnosed, or interrupted. NULL: nobody does.
struct applied_before {
    bool (*give)(const void *self, const struct plan_table *table, struct ddb *ddb);
    const void *self;
};

#define PLAN_LOSSES_TOLD 5 // of a table's items, in the question

// What a scan of all of a table found, and what it took (coverage_scan.h).
struct table_coverage {
    struct coverage *found; // NULL: there was none
    double expected_units;  // read units; below 0: that was not known
    struct pace pace;
};

struct plan_table {
    struct unit *unit;
    struct live_table live;
    struct live_count live_count; // how many items it has
    struct table_coverage coverage;
    struct table_diff diff;        // of a missing table all that it is to be
    struct ledger *ledger;         // of what was applied; NULL: none is kept
    struct reconciler *reconciler; // NULL: its items are all new, or not looked at
    struct found_changes found;    // of a saved plan: its items are there
    struct plan_counts counts;     // what was shown of this table
    struct forecast *forecast;     // of what is to be written; NULL: nothing is
    struct index_build *builds;    // build_count of them: indexes that come
    size_t build_count;
    uint64_t read;                       // live items that these were built of
    struct str losses[PLAN_LOSSES_TOLD]; // what the first of counts.losing lose
    bool blind; // what its items are on the other side is not known (noted)
};

struct plan {
    struct plan_table *tables; // one for each unit
    size_t count;
    struct three_ways ways;
    struct applied_before before;
    bool prune;
    bool overwrite;
    bool unconditional; // items are written whatever they are by now
    bool resend_sse;    // encryption is set although nothing is known to differ
};

// As a command's options say it.
static inline struct three_ways plan_ways(const struct ddb_three_ways *options)
{
    return (struct three_ways){.show_theirs = options->show_theirs,
                               .restore = options->restore,
                               .keep_theirs = options->keep_theirs};
}
// And as the target says it, which the options overrule. The target is known now.
void plan_follow_target(struct plan *plan, const struct target *target);

// Looks at every table, waiting for those that are busy, and compares. False:
// diagnosed, or interrupted. What is impossible in place is no failure here.
__attribute__((warn_unused_result)) bool plan_look(struct plan *plan, struct ddb *ddb,
                                                   struct client *client);
// Reads the live items. Of a missing table there are none: with `list_new` they are
// declared all the same, to be shown one by one. False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
plan_read(struct plan *plan, struct ddb *ddb, struct client *client, bool list_new);
void plan_free(struct plan *plan); // what plan_read and plan_show made
// Every change of a table's items, one after the other: of those that were read, or
// that were found before. False: the sink said no, or a fixture is not what it was.
__attribute__((warn_unused_result)) bool plan_changes(const struct plan_table *table,
                                                      struct ddb *ddb,
                                                      const struct change_sink *to);

// Over all tables.
struct plan_counts plan_totals(const struct plan *plan);
// Whether all that is declared could be compared, and nothing was declared before.
bool plan_is_certain(const struct plan_counts *counts);
// Notes of all kinds.
uint64_t plan_count_notes(const struct plan_counts *counts);
// True when something differs: what others changed counts where it is to be shown.
bool plan_differs(const struct plan *plan, const struct plan_counts *counts);
// True when apply would change something: items that are stale stay without `prune`, and
// what others changed stays.
bool plan_acts(const struct plan *plan);
// Diagnoses what cannot be done in place (exit code 4). True: nothing is.
__attribute__((warn_unused_result)) bool plan_check(const struct plan *plan,
                                                    struct ddb *ddb);

// ---- plan_ways.c

// Whether the live item of a change goes: an old place, or what nothing declares, unless
// it holds what others changed and nobody wants it restored.
bool plan_deletes(const struct plan *plan, const struct item_change *change);
// A change as the plan takes it: `loses` says whether it loses something by it, and what
// stays only because others changed it is ITEM_THEIRS of no declared item.
struct item_change plan_judge(const struct plan *plan,
                              const struct item_change *change);
// Counts a change that was judged.
void plan_count(struct plan_counts *counts, const struct item_change *judged);
// Diagnoses conflicts that nobody decided (exit code 4); `otherwise` is what was not done
// for them. True: there are none.
__attribute__((warn_unused_result)) bool
plan_check_conflicts(const struct plan *plan, struct ddb *ddb, const char *otherwise);

static inline const struct table *plan_declared(const struct plan_table *table)
{
    return &table->unit->definition.table;
}

// Whether its items are those of a saved plan.
static inline bool plan_was_found(const struct plan_table *table)
{
    return table->found.give != NULL;
}

static inline bool plan_is_missing(const struct plan_table *table)
{
    return table->live.state == TABLE_MISSING;
}

#endif
