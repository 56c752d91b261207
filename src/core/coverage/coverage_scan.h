// diff --coverage: a scan of all of a table, which counts what its items are.
#ifndef DDB_CORE_COVERAGE_SCAN_H
#define DDB_CORE_COVERAGE_SCAN_H

#include "plan.h"

#include <stdbool.h>

// After plan_read. Scans each table of the plan that is there and has the declared key;
// says before how many read units that takes. False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
coverage_scan(struct plan *plan, struct ddb *ddb, struct client *client);

#endif
