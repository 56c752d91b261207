// `ddbgen diff --against`.
#ifndef DDB_CORE_AGAINST_H
#define DDB_CORE_AGAINST_H

#include "run.h"

#include <stdbool.h>

// The same, with options->against in place of the live tables: a folder, or "git:REV". It
// is what was applied, too, unless options->ways.was is.
void against_run(struct ddb *ddb, const struct ddb_diff_options *options);

#endif
