// The diagnostics of a run, in the format asked for.
#ifndef DDB_CORE_REPORT_H
#define DDB_CORE_REPORT_H

#include "run.h"

#include <stdbool.h>

// Prints the diagnostics where the format and the command want them. False: they did
// not get there.
bool report_print(struct ddb *ddb);
// True when the report of `check` must have standard output for itself.
bool report_owns_stdout(const struct ddb *ddb);
// True unless stderr belongs to a program that reads JSON lines: then there are lines
// for people beside the diagnostics (where things go, what is waited for).
bool report_lines_for_people(const struct ddb *ddb);

#endif
