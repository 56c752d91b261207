// The changes of a table as calls, in an order that the service takes.
#ifndef DDB_TABLE_TABLE_UPDATE_H
#define DDB_TABLE_TABLE_UPDATE_H

#include "arena.h"
#include "table.h"
#include "table_change.h"
#include "table_step.h"

#include <stddef.h>

// The calls that make all changes of a diff in which none is impossible; arn is the
// table's (tags and policies go by it). Pure. What is here lives in arena, and points
// into the diff.
//
// One purpose a call (A246): indexes go first, one a call (A226), then capacity and
// billing mode, as which the new indexes, one a call, are made; then the table's
// settings, those of other operations, and what might lock us out at the end. A change
// of the stream's view type is two calls (A154), so is a replaced index (A224).
void table_update_plan(struct table_step **steps, size_t *count,
                       const struct table_diff *diff, const struct table *declared,
                       const struct table *live, struct str arn, struct arena *arena);

#endif
