// The items of a table for ledgers (docs/ledger.md): hash `ledger` (S), the name of the
// table that a ledger is about, and range `part` (S).
//
//     head                    which base counts, and who holds the ledger
//     base#ID#0000000001 ...  a base's stream, in `data` (B), cut anywhere
//     note#ID#0000000001 ...  the notes behind it
#ifndef DDB_SERVICE_LEDGER_ITEMS_H
#define DDB_SERVICE_LEDGER_ITEMS_H

#include "arena.h"
#include "client.h"
#include "diag.h"
#include "str.h"
#include "uuid.h"

#include <stdbool.h>
#include <stdint.h>

#define LEDGER_HEAD_PART "head"

struct ledger_items {
    struct client *client;
    struct str table;  // of ledgers
    struct str ledger; // the table that it is about
    struct arena *arena;
    struct diags *diags;
    const char *doing; // "keeping the ledger of table 'x'"
};

// The head, as far as it is there.
struct ledger_head_item {
    struct str base; // the id of the base that counts; empty: none does
    uint64_t chunks;
    struct str owner; // who holds it: "ann@laptop, process 12"; empty: nobody
    struct str token; // which only he knows
    struct str since;
    int64_t expires; // seconds since 1970: then the lease is over
};

enum ledger_answer {
    LEDGER_ANSWER_OK,
    LEDGER_ANSWER_NO_TABLE, // there is no table of ledgers
    LEDGER_ANSWER_DECLINED, // the condition does not hold
    LEDGER_ANSWER_FAILED,   // diagnosed
};

enum ledger_answer ledger_items_head(struct ledger_head_item *out,
                                     struct ledger_items *items);
// An UpdateItem of the head. `values`: the members of ExpressionAttributeValues, whose
// names stand in the expressions beside #base, #chunks, #owner, #token, #since, #expires.
enum ledger_answer ledger_items_update(struct ledger_items *items, const char *update,
                                       const char *condition, struct str values);
// The name of a chunk.
struct str ledger_items_part(const struct ledger_items *items, const char *kind,
                             const struct uuid *base, uint64_t number);
enum ledger_answer ledger_items_put(struct ledger_items *items, struct str part,
                                    struct str data);
// Every chunk of a kind ("base", "note") of a base, in order, into fd; *count of them.
// False: diagnosed.
__attribute__((warn_unused_result)) bool ledger_items_load(uint64_t *count, int fd,
                                                           struct ledger_items *items,
                                                           const char *kind,
                                                           struct str base);
// Deletes all chunks but those of a base (empty: all). What fails stays, and is deleted
// another time.
void ledger_items_sweep(struct ledger_items *items, struct str base);

#endif
