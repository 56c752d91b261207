// Calls about one table that may come too early, or to a server that does not know
// them.
#ifndef DDB_SERVICE_TABLE_ASK_H
#define DDB_SERVICE_TABLE_ASK_H

#include "client.h"
#include "diag.h"
#include "table_admin.h"

#include <stdbool.h>

enum setting_answer {
    SETTING_DONE,
    SETTING_LEFT_OUT, // the server does not know the operation, and is an emulator
    SETTING_FAILED,   // diagnosed, or interrupted
};

// Calls until it is not too early any more: the table is busy (A240), or services
// behind it have not heard of it yet (A207, A208). The reply's texts are valid until
// the client's next call. False: interrupted, or timed out (diagnosed).
__attribute__((warn_unused_result)) bool
table_ask(struct reply *reply, struct client *client, const char *operation,
          struct str name, struct str body, const struct wait_options *wait,
          struct diags *diags);

// Whether the server does not know the operation, in DynamoDB's words or by a page of
// its web framework's. That DynamoDB is there was seen when the table was described.
bool table_ask_is_unknown(const struct reply *reply);

// Diagnoses a failed reply. Only an emulator may lack an operation: what is reached by
// plain http has dummy credentials, so it is none of AWS's; that is a warning.
enum setting_answer table_ask_refused(struct client *client, const struct reply *reply,
                                      const char *operation, struct str name,
                                      struct span span, struct diags *diags);

// The reply with its texts in the arena, where the next call does not take them away.
struct reply table_ask_keep(struct reply reply, struct arena *arena);

#endif
