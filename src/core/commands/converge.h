// The items of a plan, written.
#ifndef DDB_CORE_CONVERGE_H
#define DDB_CORE_CONVERGE_H

#include "plan.h"
#include "run.h"

#include <stdbool.h>

// Puts all items of a unit without looking, each noted in the ledger (or NULL) before.
// False: diagnosed, with what is missing.
bool converge_put_all(struct ddb *ddb, struct client *client, struct unit *unit,
                      struct ledger *ledger);
// Writes what differs of a table whose live items were read, and deletes what the plan
// deletes (plan_deletes). False: diagnosed.
bool converge_changes(struct ddb *ddb, struct client *client, struct plan_table *table,
                      const struct plan *plan);

#endif
