// What a plan costs, shown.
#ifndef DDB_CORE_PLAN_FORECAST_H
#define DDB_CORE_PLAN_FORECAST_H

#include "buf.h"
#include "plan.h"

// Appends the forecast of a table's writes, two to four lines for people. Nothing when
// nothing is written.
void plan_forecast_put_text(struct buf *out, const struct plan_table *table);
// The same for programs: one line, {"type":"forecast",...} (docs/cli.md).
void plan_forecast_put_json(struct buf *out, const struct plan_table *table);

#endif
