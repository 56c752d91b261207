// What the files of this room share.
#ifndef DDB_CORE_LEDGER_PARTS_H
#define DDB_CORE_LEDGER_PARTS_H

#include "ledger.h"
#include "ledger_store.h"
#include "ledger_write.h"

struct ledger {
    struct ddb *ddb;
    const struct table *declared;
    const struct live_table *live;
    struct ledger_store *store;
    struct client *client; // of a ledger in a table; else NULL
    struct uuid seed;
    bool knows;
    bool begun;
    struct ledger_maker *maker; // from ledger_begin on
    struct ledger_writer *writer;
    struct buf notes; // that are not kept yet
    bool over;        // of ledger_items
};

// Diagnoses that the store did not take what it was given. Returns false.
bool ledger_failed(struct ledger *ledger);
// What one says of itself that begins now.
struct ledger_head ledger_head_new(const struct ledger *ledger);

#endif
