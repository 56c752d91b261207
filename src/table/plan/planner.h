// The steps of a table's changes while they are planned: table_update and its parts write
// them here.
#ifndef DDB_TABLE_PLANNER_H
#define DDB_TABLE_PLANNER_H

#include "arena.h"
#include "buf.h"
#include "table.h"
#include "table_change.h"
#include "table_step.h"

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

#endif
