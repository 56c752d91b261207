// The parts of table_update: what its files share.
#ifndef DDB_TABLE_UPDATE_PLAN_H
#define DDB_TABLE_UPDATE_PLAN_H

#include "arena.h"
#include "buf.h"
#include "table_update.h"

#include <stdbool.h>
#include <stddef.h>

struct planner {
    const struct table_diff *diff;
    const struct table *declared;
    const struct table *live;
    struct str arn;
    struct arena *arena;
    bool *there; // of each declared index: it is, after the steps so far
    struct table_step *steps;
    size_t count;
    size_t cap;
    struct buf body; // of the step that is being written
};

// {"TableName":"...", and {"ResourceArn":"...": a body's beginning.
void planner_begin(struct planner *planner);
void planner_begin_resource(struct planner *planner);
// The body as it is now, closed, becomes a step that changes nothing yet. Valid until
// the next one.
struct table_step *planner_end(struct planner *planner, const char *operation,
                               enum table_wait_for wait, const char *verb);
struct table_step *planner_end_update(struct planner *planner, const char *verb);
void planner_makes(struct table_step *step, const struct table_change *change);
// All changes of a kind that have a call of their own (not of_replaced).
void planner_makes_all(struct planner *planner, struct table_step *step,
                       enum table_change_kind kind);
bool planner_has(const struct planner *planner, enum table_change_kind kind);

// index_plan.c
void index_plan_deletions(struct planner *planner);
void index_plan_creations(struct planner *planner);
// capacity_plan.c: billing mode, and throughput of all kinds
void capacity_plan(struct planner *planner);
// settings_plan.c: the table's own, and those that have operations of their own
void settings_plan_protection(struct planner *planner);
void settings_plan(struct planner *planner);

#endif
