// What an item was made for, said so that another run understands it: items of two runs
// that were made for the same are the same item, whatever their keys.
#ifndef DDB_COMPILE_MADE_FOR_H
#define DDB_COMPILE_MADE_FOR_H

#include "arena.h"
#include "batch.h"
#include "buf.h"
#include "str.h"
#include "table.h"

struct made_for {
    struct str entity; // its name; empty: the item was written as it is, `of` is empty
    struct str of;     // as made_for_put writes it
};

// Appends what an entity of that name made an item of the table for: bytes, the same on
// every machine. Only of what an entity made.
void made_for_put(struct buf *out, const struct table *table, struct str entity,
                  const struct item_identity *identity, struct arena *scratch);

#endif
