// The items of a plan, written.
#ifndef DDB_CORE_CONVERGE_H
#define DDB_CORE_CONVERGE_H

#include "plan.h"
#include "run.h"

#include <stdbool.h>

// Whoever remembers what is written. All may be called for any number of items, never
// after one of them said no.
struct converge_watch {
    // Each change that is going to be written, before anything at all is sent; then,
    // once, that there are no more. False: nothing is sent (diagnosed).
    bool (*note)(void *context, const struct item_change *change);
    bool (*noted)(void *context);
    // This one was not, for it changed meanwhile. key: {"pk":{...},...}.
    void (*left)(void *context, struct str key);
    // Now and then while they are sent. False: nothing more is (diagnosed).
    bool (*alive)(void *context);
    void *context;
};

// Puts all items of a table without looking. False: diagnosed, with what is missing.
bool converge_put_all(struct ddb *ddb, struct client *client,
                      const struct plan_table *table,
                      const struct converge_watch *watch);
// Writes what differs of a table whose live items were read, and deletes what the plan
// deletes (plan_deletes); `watch`, or NULL, is told of it. What changed meanwhile is left and diagnosed,
// and no failure. False: diagnosed.
bool converge_changes(struct ddb *ddb, struct client *client, struct plan_table *table,
                      const struct plan *plan, const struct converge_watch *watch);

#endif
