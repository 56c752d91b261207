// A ledger in a table of its own at the target's endpoint, for all who write there. It
// is held by a lease: who writes says who he is and until when, and says so anew while he
// is at work.
#ifndef DDB_SERVICE_LEDGER_TABLE_H
#define DDB_SERVICE_LEDGER_TABLE_H

#include "arena.h"
#include "client.h"
#include "diag.h"
#include "ledger_store.h"
#include "str.h"

#include <stdbool.h>

struct ledger_table_options {
    struct client *client; // for this alone, borrowed until the store is closed
    struct str table;      // of ledgers, NUL-terminated
    struct str about;      // the table that this one is about
    bool writes;
    const char *doing; // for messages
    struct diags *diags;
};

// As ledger_file_open; LEDGER_DIAGNOSED: it was said why not.
__attribute__((warn_unused_result)) enum ledger_opened
ledger_table_open(struct ledger_store **out, struct str *trouble,
                  const struct ledger_table_options *options, struct arena *arena);

// Takes a lease away, whoever has it. *holder is who had it, empty: nobody. False:
// diagnosed.
__attribute__((warn_unused_result)) bool
ledger_table_unlock(struct str *holder, const struct ledger_table_options *options,
                    struct arena *arena);

#endif
