// A ledger as files in the project: .ddbgen/TARGET/TABLE, with its notes and its lock
// beside it. For one machine.
#ifndef DDB_SERVICE_LEDGER_FILE_H
#define DDB_SERVICE_LEDGER_FILE_H

#include "arena.h"
#include "ledger_store.h"
#include "stop.h"
#include "str.h"

#include <stdbool.h>

struct ledger_file_options {
    const char *root;  // the project's folder, without links
    struct str target; // what the target's ledgers are called
    struct str table;
    bool writes; // it is to be held, and the folders are to be made
    const struct stop *stop;
};

// LEDGER_OPENED: *out is to be closed. Otherwise *trouble says why not, in arena. Folders
// and files that are links, or that others own or may write, are not used.
__attribute__((warn_unused_result)) enum ledger_opened
ledger_file_open(struct ledger_store **out, struct str *trouble,
                 const struct ledger_file_options *options, struct arena *arena);

#endif
