// Up to 25 items of one table on their way out: the unit of BatchWriteItem (rule C001).
//
// The items' JSON is complete and escaped: what leaves here is only framed, never
// parsed again on the good path.
#ifndef DDB_COMPILE_BATCH_H
#define DDB_COMPILE_BATCH_H

#include "buf.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BATCH_MAX_ITEMS 25
// A batch is closed before it grows past this (a single larger item has its own batch):
// bodies stay under 1 MiB, far from the service's 16 MB (C002) and where many small
// requests in flight beat few large ones (C021).
#define BATCH_TARGET_BYTES ((size_t)900 * 1024)

struct fixture;
struct program;

// What an item was made for. Of a conversation's items all of it; of a row's only the
// program, of an item as it was written nothing.
struct item_identity {
    const struct program *program; // NULL: as it was written
    const struct fixture *fixture;
    size_t conversation; // its number in the fixture
    uint64_t index;      // of the message, or the participant; of a conversation 0
};

struct batch_item {
    size_t at; // of the object {"Item":{...}} in batch.json, or {"Key":{...}}: a delete
    size_t len;
    const struct source *source; // the fixture that it comes from
    uint32_t line;
    struct item_identity identity;
};

struct batch {
    struct str table_name;
    struct buf json; // the items' objects, one after another
    struct batch_item items[BATCH_MAX_ITEMS];
    unsigned count;
};

void batch_init(struct batch *batch, struct str table_name);
void batch_deinit(struct batch *batch);
void batch_reset(struct batch *batch);
// Whether a batch of count items and bytes of JSON takes an item of `more` bytes.
bool batch_has_room(unsigned count, size_t bytes, size_t more);
// The i-th item's {"Item":{...}}.
struct str batch_item_json(const struct batch *batch, unsigned i);
// The bits of all items: what is still to be written at first.
uint32_t batch_all(const struct batch *batch);
// Appends {"RequestItems":{"TABLE":[{"PutRequest":{"Item":{...}}},...]}} with the items
// whose bit is set in `mask`; of a key {"DeleteRequest":{"Key":{...}}} (C009).
void batch_write_request(struct buf *out, const struct batch *batch, uint32_t mask);

// Where full batches go. take() may swap the batch's buffers for others of its own, but
// gives back an empty batch. False stops the emission (the sink has diagnosed why).
struct batch_sink {
    bool (*take)(void *context, struct batch *batch);
    void *context;
};

#endif
