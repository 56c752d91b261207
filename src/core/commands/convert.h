// `ddbgen convert`.
#ifndef DDB_CORE_CONVERT_H
#define DDB_CORE_CONVERT_H

#include "run.h"

#include <stdbool.h>

// Opens the transcript, with its header from flags when it has none, and the definition
// if one is named. False: diagnosed.
bool convert_open(struct ddb *ddb, const struct ddb_convert_options *options);
// Writes the transcript with its header to path, or to standard output when it is NULL.
void convert_write_fixture(struct ddb *ddb, const char *path);

#endif
