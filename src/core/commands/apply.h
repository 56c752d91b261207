// `ddbgen apply`.
#ifndef DDB_CORE_APPLY_H
#define DDB_CORE_APPLY_H

#include "run.h"

#include <stdbool.h>

void apply_run(struct ddb *ddb, const struct ddb_apply_options *options);
// The plan that a file holds ("-": standard input), if everything is as it was when it
// was made.
void apply_saved_run(struct ddb *ddb, const char *path, bool unconditional);

#endif
