// A live table, with everything that a definition says something of.
#ifndef DDB_SERVICE_TABLE_LOOK_H
#define DDB_SERVICE_TABLE_LOOK_H

#include "arena.h"
#include "client.h"
#include "diag.h"
#include "table.h"
#include "table_admin.h"

#include <stdbool.h>

// Describes the table of declared's name, in full: DescribeTable, and for each setting
// that declared says the operation that tells of it, so that no permission is needed
// for what nobody manages. What was not asked for stays unsaid in out->table, as does
// what an emulator does not know (a warning).
//
// A table that is missing, broken, created or deleted at the moment is an answer; then
// only DescribeTable's words count, and out->settings_known is false. False: diagnosed.
__attribute__((warn_unused_result)) bool
table_look(struct live_table *out, struct client *client, const struct table *declared,
           const struct wait_options *wait, struct arena *arena, struct diags *diags);

#endif
