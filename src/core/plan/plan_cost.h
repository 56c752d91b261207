// What a plan costs, summed while it is shown.
#ifndef DDB_CORE_PLAN_COST_H
#define DDB_CORE_PLAN_COST_H

#include "plan.h"

#include <stdbool.h>

// Adds what apply writes for a change that was judged to the table's forecast. `scratch`
// is emptied.
void plan_cost_note(struct plan_table *table, const struct plan *plan,
                    const struct item_change *judged, struct arena *scratch);

// Adds all of the table's items, as puts into a new table or over what was not looked
// at. False: diagnosed.
__attribute__((warn_unused_result)) bool
plan_cost_all(struct plan_table *table, const struct plan *plan, struct ddb *ddb);

// How fast a table that throttles is written to: write units of its items a second, so that
// neither it nor an index that takes less is given more than its provisioned capacity. 0:
// as fast as it goes, where nothing is provisioned, and on loopback.
double plan_pace(const struct plan_table *table, const struct ddb *ddb);

#endif
