// `ddbgen diff`, with the live tables.
#ifndef DDB_CORE_DIFF_H
#define DDB_CORE_DIFF_H

#include "run.h"

#include <stdbool.h>

void diff_run(struct ddb *ddb, const struct ddb_diff_options *options);

#endif
