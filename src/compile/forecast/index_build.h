// An index that comes to a table that is there is built from its items: which of those
// that were looked at get an entry, and which are left out silently (A089).
#ifndef DDB_COMPILE_INDEX_BUILD_H
#define DDB_COMPILE_INDEX_BUILD_H

#include "arena.h"
#include "item.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

struct index_build {
    const struct table *table;
    const struct secondary_index *index; // the declared one
    uint64_t entries;                    // of the items that were taken
    uint64_t write_units;                // that these entries cost
    uint64_t unfit;                      // items that have its key, and do not fit
    struct str example;                  // the key of the first of them: pk "a" sk 1
    struct str why;                      // "country is N, not S"
};

// Takes a live item. What is kept of it lives in arena. `replaced`: a declared item
// takes its place after the index is built, so that what it is now does not matter.
void index_build_take(struct index_build *build, const struct item *item, bool replaced,
                      struct arena *arena);

#endif
