// Handles against the columns that programs read.
#ifndef DDB_COMPILE_DIRECTORY_H
#define DDB_COMPILE_DIRECTORY_H

#include "compilation.h"
#include "users.h"

#include <stdbool.h>

// The programs' and queries' columns against what the handles have (or are declared to
// have), every wanted handle against the users. Nothing is checked while columns are
// unknown (check without a source of handles).
void directory_check(const struct unit *unit, bool looked_up, struct diags *diags);
// All that a unit reads but `handle`, each once; at most USERS_MAX_COLUMNS - 1, which
// is what handles have beside it. Returns how many.
size_t unit_columns(struct column_read out[USERS_MAX_COLUMNS], const struct unit *unit);
// True when something reads a column other than handle.
bool unit_reads_users(const struct unit *unit);

#endif
