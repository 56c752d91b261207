// Settings as steps.
#ifndef DDB_TABLE_SETTINGS_PLAN_H
#define DDB_TABLE_SETTINGS_PLAN_H

#include "planner.h"

// What protects the table from deletion goes before all else.
void settings_plan_protection(struct planner *planner);
// The other ones: the table's own, and those that have operations of their own.
void settings_plan(struct planner *planner);

#endif
