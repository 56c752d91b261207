// A plan on its way to standard output, in one of several formats.
#ifndef DDB_CORE_PLAN_VIEW_H
#define DDB_CORE_PLAN_VIEW_H

#include "buf.h"
#include "plan.h"
#include "reconcile.h"

#include <stdbool.h>

// The version of the JSON form; it changes when a reader of it might stumble.
#define PLAN_VERSION 1

// Where a format writes. What it appends to `out` goes to standard output after each
// call.
struct plan_page {
    struct buf out;
    bool color;
    const struct plan_table *named; // under whose heading we are
};

// Each appends whole lines.
struct plan_format {
    // A table and its settings; before its items.
    void (*table)(struct plan_page *page, const struct plan_table *table);
    void (*item)(struct plan_page *page, const struct plan_table *table,
                 const struct item_change *change);
    void (*end)(struct plan_page *page, const struct plan *plan);
};

extern const struct plan_format PLAN_TEXT;
extern const struct plan_format PLAN_JSON;

// Shows every change of the plan and counts it. False: standard output is gone, or a
// fixture is not what it was (diagnosed).
__attribute__((warn_unused_result)) bool plan_show(struct plan *plan, struct ddb *ddb,
                                                   const struct plan_format *format);

// diff.c: shows the plan in the run's format, and takes note whether anything differs.
// False: as plan_show, or something is impossible in place (diagnosed).
bool diff_show(struct plan *plan, struct ddb *ddb);

#endif
