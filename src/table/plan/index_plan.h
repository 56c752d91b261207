// Global indexes that go and come, as steps.
#ifndef DDB_TABLE_INDEX_PLAN_H
#define DDB_TABLE_INDEX_PLAN_H

#include "planner.h"

// One step each, and one for the insights that a new index takes over.
void index_plan_deletions(struct planner *planner);
void index_plan_creations(struct planner *planner);

#endif
