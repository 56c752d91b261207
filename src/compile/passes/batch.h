// Up to 25 items of one table on their way out: the unit of BatchWriteItem (rule C001).
//
// The items' JSON is complete and escaped: what leaves here is only framed, never
// parsed again on the good path.
#ifndef DDB_COMPILE_BATCH_H
#define DDB_COMPILE_BATCH_H

#include "buf.h"
#include "source.h"
#include "str.h"
#include "uuid.h"

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
struct row;

// What becomes of an item (C009).
enum item_write {
    ITEM_PUT,
    ITEM_DELETE, // of which only the key is there
};

// How the API says it: {"PutRequest":{"Item":{...}}}.
struct item_write_words {
    const char *request; // PutRequest
    const char *member;  // Item
};
const struct item_write_words *item_write_words(enum item_write write);

// What an item was made for; of one as it was written nothing but the fixture.
struct item_identity {
    const struct program *program; // NULL: as it was written
    const struct fixture *fixture;
    const struct row *row; // that it was made of, which lives as the fixture; or NULL
    size_t conversation;   // its number in the fixture
    uint64_t index;        // of the message, or the participant; of a conversation 0
    // The conversation's; of a participant the UUIDv5 of its handle in it: the same
    // wherever the conversation stands.
    struct uuid of;
};

struct batch_item {
    enum item_write write;
    size_t at; // of its object in batch.json: {"pk":{...},...}
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
// The i-th item's {"pk":{...},...}; of a delete its key alone.
static inline struct str batch_item_json(const struct batch *batch, unsigned i)
{
    const struct batch_item *item = &batch->items[i];
    return (struct str){batch->json.at + item->at, item->len};
}
// The bits of all items: what is still to be written at first.
uint32_t batch_all(const struct batch *batch);
// Appends {"Item":{...}}, of a delete {"Key":{...}}: the i-th item by itself.
void batch_write_item(struct buf *out, const struct batch *batch, unsigned i);
// Appends {"RequestItems":{"TABLE":[{"PutRequest":{"Item":{...}}},...]}} with the items
// whose bit is set in `mask`.
void batch_write_request(struct buf *out, const struct batch *batch, uint32_t mask);

// Where full batches go. take() may swap the batch's buffers for others of its own, but
// gives back an empty batch. False stops the emission (the sink has diagnosed why).
struct batch_sink {
    bool (*take)(void *context, struct batch *batch);
    void *context;
};

#endif
