// What an index holds of an item: its entry.
#ifndef DDB_COMPILE_INDEX_ENTRY_H
#define DDB_COMPILE_INDEX_ENTRY_H

#include "arena.h"
#include "item.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

// True when the index has an entry of the item: the item has every attribute of the
// index's key (A050, A069), each of its type and not empty (A089: a live item may have
// others, if it was there before the index).
bool index_entry_exists(const struct table *table, const struct secondary_index *index,
                        const struct item *item);

// The bytes of what is projected, keys included (B071). Of an item without an entry it
// is what an entry would take.
size_t index_entry_size(const struct table *table, const struct secondary_index *index,
                        const struct item *item);

// Of two items with the same key in the table that both have an entry: whether both
// have one place in the index, and whether their entries are equal.
bool index_entry_same_place(const struct secondary_index *index, const struct item *a,
                            const struct item *b);
bool index_entry_equal(const struct table *table, const struct secondary_index *index,
                       const struct item *a, const struct item *b,
                       struct arena *scratch);

#endif
