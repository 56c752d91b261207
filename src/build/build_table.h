// The requests that `build` writes of a table, read back: the table that they make.
#ifndef DDB_BUILD_BUILD_TABLE_H
#define DDB_BUILD_BUILD_TABLE_H

#include "arena.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>

// The members of CreateTable ({"TableName":...}): the very table that they were written
// from, without places. What the definition did not say is unsaid, and so is what it
// said to be off: a request says neither. False: it is not as
// request_write_create_table writes it (whatever the order and the layout); *why says
// so, in arena.
__attribute__((warn_unused_result)) bool build_table_read(struct table *out,
                                                          struct str body,
                                                          struct arena *arena,
                                                          const char **why);

// The members of one of the calls behind it: operation is "UpdateTimeToLive",
// "UpdateContinuousBackups" or "UpdateContributorInsights". False: it is not as
// table_call_write_update writes it for this table.
__attribute__((warn_unused_result)) bool
build_table_add(struct table *table, struct str operation, struct str body,
                struct arena *arena, const char **why);

// All requests were read: what none of them said, a table that they make has not.
void build_table_complete(struct table *table);

#endif
