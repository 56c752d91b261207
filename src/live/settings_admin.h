// Settings with calls of their own, over the wire: asked for, and made.
#ifndef DDB_LIVE_SETTINGS_ADMIN_H
#define DDB_LIVE_SETTINGS_ADMIN_H

#include "client.h"
#include "diag.h"
#include "table_admin.h"
#include "table_ask.h"
#include "table_calls.h"

#include <stdbool.h>

// Asks for a setting of the declared table, which is ACTIVE, into live->table.
enum setting_answer setting_describe(struct live_table *live, struct client *client,
                                     const struct table *declared,
                                     const struct table_call *call,
                                     const struct wait_options *wait,
                                     struct arena *arena, struct diags *diags);

// Makes it. What is not available yet right after the table's creation is waited for
// (A207). A call that is refused although the setting then is as declared, because a
// first answer was lost, is no failure (A192).
enum setting_answer setting_update(struct live_table *live, struct client *client,
                                   const struct table *declared,
                                   const struct table_call *call,
                                   const struct wait_options *wait, struct arena *arena,
                                   struct diags *diags);

#endif
