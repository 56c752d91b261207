// What was applied before, item by item, beside memory: entries as they come, found again
// by where they were put.
#ifndef DDB_COMPILE_REMEMBERED_H
#define DDB_COMPILE_REMEMBERED_H

#include "arena.h"
#include "ledger_entry.h"
#include "map.h"
#include "spool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Names that are kept of all entries together; what is more is nobody's ledger.
#define REMEMBERED_NAMES_MAX ((size_t)64 << 20)

struct remembered {
    struct arena arena;
    struct map shapes; // lists of attributes' names, by their bytes
    struct known_names **by_number;
    size_t shape_cap;
    struct map entities;
    struct str *names; // of entities, by number
    size_t name_cap;
    size_t bytes; // of names
    struct spool spool;
    struct buf text;
    bool noting; // what is put from now on was only about to be applied
};

// An entry that was put, and the item as it was, where that is known as a whole.
struct remembered_entry {
    struct ledger_entry entry;
    struct str json; // {...}, or empty
    bool noted;      // it was only about to be applied
};

void remembered_init(struct remembered *remembered);
void remembered_deinit(struct remembered *remembered);

// Puts an entry before what is at *place of the same key, which is 0 for nothing, and
// becomes the place of this one. json may be empty. False: there is no room, *why says
// where.
__attribute__((warn_unused_result)) bool
remembered_put(struct remembered *remembered, uint64_t *place,
               const struct ledger_entry *entry, struct str json, const char **why);

// The entries at a place, the newest first, *count of them in arena. False: they cannot
// be read back; errno says why.
__attribute__((warn_unused_result)) bool
remembered_get(struct remembered_entry **out, size_t *count,
               struct remembered *remembered, uint64_t place, struct arena *arena);

#endif
