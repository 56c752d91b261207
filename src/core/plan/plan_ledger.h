// What was applied before, in a plan: read into it, and written when it was carried out.
#ifndef DDB_CORE_PLAN_LEDGER_H
#define DDB_CORE_PLAN_LEDGER_H

#include "plan.h"

#include <stdbool.h>

// Opens the ledger of each table, which was looked at; `writes`: to carry the plan out.
// False: diagnosed.
__attribute__((warn_unused_result)) bool
plan_open_ledgers(struct plan *plan, struct ddb *ddb, bool writes);

// Before anything is changed: all of them are held by this run. False: diagnosed.
__attribute__((warn_unused_result)) bool plan_hold(const struct plan *plan);
// Now and then, in whatever takes long: this run is alive. Also those of tables that it
// did not come to yet are to stay its own. False: diagnosed, once.
__attribute__((warn_unused_result)) bool plan_beat(const struct plan *plan);

enum remembered_how {
    REMEMBERED,       // all that is known
    REMEMBERED_WRONG, // part of what is not to be used after all: begin anew
    REMEMBERED_NOT,   // diagnosed
};
// Gives a table's reconciler, to which all was declared, what was applied.
enum remembered_how plan_remember(struct plan_table *table, const struct plan *plan);

// The plan was carried out on a table, or there was nothing to do: that is what was
// applied. False: diagnosed.
__attribute__((warn_unused_result)) bool
plan_commit(struct plan_table *table, const struct plan *plan, struct ddb *ddb);

#endif
