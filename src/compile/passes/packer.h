// Items into batches, one after the other: where one ends and the next begins.
#ifndef DDB_COMPILE_PACKER_H
#define DDB_COMPILE_PACKER_H

#include "batch.h"

#include <stdbool.h>
#include <stddef.h>

// What is in a batch, as far as it decides whether one more item goes into it. Zeroes:
// nothing is.
struct packing {
    unsigned count;
    size_t bytes;
};

// One more item, whose object has so many bytes. True: it begins another batch.
bool packing_add(struct packing *packing, size_t json_len);

struct packer {
    struct batch batch; // the one that is being filled
    struct packing packing;
    size_t at; // in batch.json, of the item that was begun last
    struct batch_sink to;
    struct buf over; // an item on its way into the next batch
};

// What is not flushed before packer_deinit goes nowhere.
void packer_init(struct packer *packer, struct str table_name,
                 const struct batch_sink *to);
void packer_deinit(struct packer *packer);

// Where the next item's object is to be appended. NULL: the sink said no.
struct buf *packer_begin(struct packer *packer);
// It was. The caller says what else is known of it, all but its place in the batch.
// NULL: the sink said no.
__attribute__((warn_unused_result)) struct batch_item *
packer_end(struct packer *packer);
// The last batch, if there is anything in it. False: the sink said no.
__attribute__((warn_unused_result)) bool packer_flush(struct packer *packer);

#endif
