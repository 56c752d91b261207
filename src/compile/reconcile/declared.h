// What a run declares of a table, in some 64 bytes an item: its key and its
// contents as fingerprints, and what became of it when it was held against the live
// table.
#ifndef DDB_COMPILE_DECLARED_H
#define DDB_COMPILE_DECLARED_H

#include "print_table.h"
#include "uuid.h"

#include <stddef.h>
#include <stdint.h>

enum declared_state {
    DECLARED_MISSING, // the live table has no item of this key; so it is at first
    DECLARED_SAME,
    DECLARED_DIFFERENT,
};

struct declared_item {
    struct uuid key; // first: it is what print_table finds
    struct uuid contents;
    enum declared_state state;
    uint32_t live;    // DECLARED_DIFFERENT: the caller's number of the live item
    uint32_t program; // the caller's number of what made it
};

struct declared {
    struct print_table items; // of struct declared_item, by their keys
};

void declared_init(struct declared *declared);
void declared_deinit(struct declared *declared);

// Adds an item of a key that is not there yet. Valid until the next one.
struct declared_item *declared_add(struct declared *declared, const struct uuid *key,
                                   const struct uuid *contents);
// NULL: no item of that key is declared. Valid until the next declared_add.
struct declared_item *declared_find(const struct declared *declared,
                                    const struct uuid *key);

// The one that was added as number i, from 0; NULL: there were no more.
const struct declared_item *declared_at(const struct declared *declared, size_t i);

// Which one that is.
static inline size_t declared_number(const struct declared *declared,
                                     const struct declared_item *item)
{
    return (
        size_t)(item -
                (const struct declared_item *)(const void *)declared->items.entries);
}

#endif
