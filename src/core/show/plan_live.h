// What a plan did not look at: how many items a live table has beside the declared ones.
#ifndef DDB_CORE_PLAN_LIVE_H
#define DDB_CORE_PLAN_LIVE_H

#include "buf.h"
#include "plan.h"

// A line for each live table of the plan, for people, behind what a scan of it found
// (plan_coverage.h). Nothing of tables that are missing, or that are an earlier build's:
// of these everything was looked at.
void plan_live_put_text(struct buf *out, const struct plan *plan,
                        enum ddb_detail detail);
// The same for programs: {"type":"live",...} (docs/cli.md).
void plan_live_put_json(struct buf *out, const struct plan *plan);

#endif
