// What a request weighs: which partition it is mostly about, and the write units of its
// items.
#ifndef DDB_SERVICE_WEIGHT_H
#define DDB_SERVICE_WEIGHT_H

#include "arena.h"
#include "batch.h"
#include "str.h"
#include "writer.h"

#include <stdbool.h>
#include <stdint.h>

struct weight {
    uint32_t partition; // any number, the same for the same one
    unsigned units[WRITER_MAX_ITEMS];
};

// metered: units count; else each item has one. Empties scratch.
struct weight weight_of_batch(const struct batch *batch, bool metered,
                              struct arena *scratch);
// One item, which is put over another: the larger one counts; either may be empty.
struct weight weight_of_item(const struct batch_item *of, struct str old,
                             struct str new, bool metered, struct arena *scratch);

#endif
