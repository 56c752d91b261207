// What a table needs beside CreateTable: the settings that have calls of their own
// (A190, A205).
#ifndef DDB_TABLE_TABLE_CALLS_H
#define DDB_TABLE_TABLE_CALLS_H

#include "arena.h"
#include "buf.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

enum table_setting {
    TABLE_TIME_TO_LIVE,
    TABLE_RECOVERY,
    TABLE_INSIGHTS,
};

struct table_call {
    enum table_setting setting;
    const struct secondary_index *index; // insights of an index; NULL: of the table
    const char *update;                  // "UpdateTimeToLive"
    const char *describe;                // "DescribeTimeToLive"
    struct span span;                    // where the definition says it
};

// The settings that the definition enables, in the order in which they are made: each
// is one call on a new table. With `all`, those that it disables too: they are only
// compared with what a table has, since a new one has nothing to disable (A194).
struct table_call *table_calls(size_t *count, const struct table *table, bool all,
                               struct arena *arena);

// Appends the members of the call that makes the setting, {"TableName":...}, and of the
// one that asks for it.
void table_call_write_update(struct buf *out, const struct table *table,
                             const struct table_call *call);
void table_call_write_describe(struct buf *out, const struct table *table,
                               const struct table_call *call);

#endif
