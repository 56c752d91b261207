// Asking again until a table is in a state, with growing pauses, and not for ever.
#ifndef DDB_SERVICE_TABLE_POLL_H
#define DDB_SERVICE_TABLE_POLL_H

#include "client.h"
#include "diag.h"
#include "table_admin.h"

#include <stdbool.h>
#include <stdint.h>

struct poll {
    struct client *client;
    const struct wait_options *options;
    struct str name; // the table's
    uint64_t begun_ms;
    uint64_t timeout_ms;
    uint64_t pause_ms;
    struct str shown; // the last status that was told, and
    struct str index; // the index that it is of; empty: the table's
    struct diags *diags;
};

struct poll poll_begin(struct client *client, struct str name,
                       const struct wait_options *options, struct diags *diags);
// Tells the caller each new status, of the table or of an index that it waits for. They
// are kept: their texts must outlive the poll.
void poll_show(struct poll *poll, const struct live_table *live);
// The same for a table that waits for something else.
void poll_show_status(struct poll *poll, struct str index, struct str status);
uint64_t poll_spent_ms(const struct poll *poll);
// Pauses before the next question. False: interrupted (not diagnosed: the user knows),
// not alive (diagnosed), or timed out (diagnosed with the last status).
__attribute__((warn_unused_result)) bool poll_pause(struct poll *poll);
// "table 'x' WHAT", or "index 'i' of table 'x' WHAT", as table-state. Returns false.
bool poll_refuse(struct poll *poll, const char *help, const char *what);

#endif
