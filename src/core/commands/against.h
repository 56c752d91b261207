// `ddbgen diff --against`.
#ifndef DDB_CORE_AGAINST_H
#define DDB_CORE_AGAINST_H

#include "run.h"

#include <stdbool.h>

// The same, with an earlier build in place of the live tables: a folder, or "git:REV".
void against_run(struct ddb *ddb, const char *against);

#endif
