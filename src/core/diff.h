// What diff and apply share: reading the live items, and showing the plan.
#ifndef DDB_CORE_DIFF_H
#define DDB_CORE_DIFF_H

#include "plan.h"
#include "reconcile.h"
#include "run.h"

// A plan on its way to standard output.
struct plan_view {
    struct ddb *ddb;
    const struct plan_format *format;
    struct plan_counts *counts;
    struct buf out;
    const struct table *named; // the table whose changes are being shown
};

void plan_view_init(struct plan_view *view, struct ddb *ddb,
                    const struct plan_format *format, struct plan_counts *counts);
void plan_view_deinit(struct plan_view *view);
// The summary.
void plan_view_end(struct plan_view *view, bool prune);

// Declares the unit's items to the reconciler and reads the live ones. False:
// diagnosed, or interrupted.
bool diff_read(struct ddb *ddb, struct client *client, struct unit *unit,
               struct reconciler *reconciler);
// Shows and counts every change of the unit's items. False: standard output is gone.
bool diff_show(struct plan_view *view, struct unit *unit,
               struct reconciler *reconciler);
void diff_count(struct plan_counts *counts, const struct item_change *change);

#endif
