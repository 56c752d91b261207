// Billing mode, and throughput of all kinds, as steps.
#ifndef DDB_TABLE_CAPACITY_PLAN_H
#define DDB_TABLE_CAPACITY_PLAN_H

#include "planner.h"

// Of the table and of its indexes.
void capacity_plan(struct planner *planner);

#endif
