// From FILEs to requests.
#ifndef DDB_CORE_PIPELINE_H
#define DDB_CORE_PIPELINE_H

#include "lookup.h"
#include "run.h"

#include <stdbool.h>

// Compiles what was opened: everything that is wrong is found here, before anything is
// written or sent. False: diagnosed, warnings of a strict run among it, or interrupted.
bool pipeline_compile(struct ddb *ddb, enum lookup_reach reach);
// The same without the proofs and what else is only warned of: for commands that are about
// the items.
bool pipeline_load(struct ddb *ddb, enum lookup_reach reach);
// As pipeline_compile, of the FILEs, which are opened first.
bool pipeline_open(struct ddb *ddb, enum lookup_reach reach);
// Writes what was compiled to a path (requests: a folder), or to standard output when
// it is NULL. Failures are diagnosed.
void pipeline_write(struct ddb *ddb, enum ddb_emit emit, const char *path);
// Compiles the FILEs and writes their requests into a folder, and into another one, `made`,
// what their items were made for (build_made.h). Mistakes are diagnosed.
void pipeline_build(struct ddb *ddb, enum lookup_reach reach, const char *path,
                    const char *made);

#endif
