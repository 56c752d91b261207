// What a scan of all of a table found, shown.
#ifndef DDB_CORE_PLAN_COVERAGE_H
#define DDB_CORE_PLAN_COVERAGE_H

#include "buf.h"
#include "plan.h"

#include <stdbool.h>

// Some lines for people; nothing of a table that was not scanned. `whole`: all that is
// told apart.
void plan_coverage_put_text(struct buf *out, const struct plan_table *table,
                            bool whole);
// The same for programs: lines {"type":"coverage",...} (docs/cli.md).
void plan_coverage_put_json(struct buf *out, const struct plan_table *table);

#endif
