// What a ledger says of itself: which table it is about, and by which key its prints
// are made.
#ifndef DDB_SERVICE_LEDGER_HEAD_H
#define DDB_SERVICE_LEDGER_HEAD_H

#include "arena.h"
#include "buf.h"
#include "str.h"
#include "uuid.h"

#include <stdbool.h>

#define LEDGER_VERSION 1

struct ledger_head {
    struct str table;    // its name,
    struct str table_id; // TableId, or empty,
    struct str created;  // and CreationDateTime, or empty: as the service tells them
    struct str host;     // of the endpoint, for people
    struct uuid seed;    // random: the key of all prints
    struct uuid base;    // random: which base it is; notes name theirs
};

// Appends it as one JSON object.
void ledger_head_write(struct buf *out, const struct ledger_head *head);
// Reads one; the texts live in arena. False: it is none, *why (a static text) says what
// is wrong.
__attribute__((warn_unused_result)) bool ledger_head_read(struct ledger_head *out,
                                                          struct str json,
                                                          const char **why,
                                                          struct arena *arena);

#endif
