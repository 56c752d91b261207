// Entries that are found by a fingerprint, in the order in which they were added: what a
// run has to remember of millions of items.
//
// An entry is a struct of the caller's that begins with its fingerprint, a struct uuid.
// It costs its size in an array that grows by half, and 9 to 18 bytes in a table of
// places that doubles.
#ifndef DDB_COMPILE_PRINT_TABLE_H
#define DDB_COMPILE_PRINT_TABLE_H

#include "hash.h"
#include "uuid.h"

#include <stdbool.h>
#include <stddef.h>

struct print_table {
    unsigned char *entries; // count of them
    size_t entry_size;
    size_t count;
    size_t room;
    struct print_slot *slots;
    size_t cap; // of slots: a power of two, or 0
    struct hash_seed seed;
};

void print_table_init(struct print_table *table, size_t entry_size);
void print_table_deinit(struct print_table *table);

// The entry of a fingerprint, added unless it was there: *added says which. Of a new one
// all else is zero. Valid until the next one is added, as are those of the other two.
void *print_table_add(struct print_table *table, const struct uuid *print, bool *added);
void *print_table_find(const struct print_table *table,
                       const struct uuid *print); // NULL: there is none
// The one that was added as number i, from 0. NULL: there were no more.
void *print_table_at(const struct print_table *table, size_t i);

#endif
