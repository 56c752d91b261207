// The calls of table_update, carried out.
#ifndef DDB_SERVICE_TABLE_UPDATE_RUN_H
#define DDB_SERVICE_TABLE_UPDATE_RUN_H

#include "arena.h"
#include "client.h"
#include "diag.h"
#include "table_admin.h"
#include "table_update.h"

#include <stdbool.h>
#include <stddef.h>

enum table_step_state {
    TABLE_STEP_BEGUN,    // the call is about to be sent
    TABLE_STEP_MADE,     // it is done, and what it needs has been waited for
    TABLE_STEP_UNSEEN,   // it was accepted, and the table does not show it
    TABLE_STEP_LEFT_OUT, // an emulator does not know the operation (a warning)
    TABLE_STEP_OPEN,     // it may be done, now or later: nobody waited for it
};

struct table_update_options {
    struct wait_options wait; // for each step; shows the table's status meanwhile
    void (*show)(void *context, const struct table_step *step,
                 enum table_step_state state); // may be NULL
    void *context;
};

// Carries out the steps, the first one when the table is ACTIVE, each other one after
// the one before is done, and looks at the table in the end. *made is how many of them,
// from the first on, were made or left out.
//
// A call whose answer was lost, or that is refused because it had been done already, is
// no failure when the table shows it. What a server accepted and did not do is told at
// its place: an error, of an emulator a warning. False: diagnosed, or interrupted; what
// was made stays, and the next diff shows the rest.
__attribute__((warn_unused_result)) bool
table_update_run(size_t *made, struct client *client, const struct table *declared,
                 const struct table_step *steps, size_t count,
                 const struct table_update_options *options, struct arena *arena,
                 struct diags *diags);

#endif
