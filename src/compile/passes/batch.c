// Batches of items: complete JSON objects side by side in one buffer, with the line
// that each comes from. What leaves is the body of a BatchWriteItem request, framed by
// copying.
#include "batch.h"

#include "json_write.h"

#include <string.h>

// A batch closes before it passes BATCH_TARGET_BYTES, but one item alone may be larger:
// 400 KB by the service's count, up to six times that when every byte is escaped.
#define BATCH_MAX_BYTES ((size_t)16 << 20)

static const struct item_write_words WORDS[] = {
    [ITEM_PUT] = {"PutRequest", "Item"},
    [ITEM_DELETE] = {"DeleteRequest", "Key"},
};

const struct item_write_words *item_write_words(enum item_write write)
{
    return &WORDS[write];
}

void batch_init(struct batch *batch, struct str table_name)
{
    *batch = (struct batch){.table_name = table_name};
    buf_init(&batch->json, BATCH_MAX_BYTES);
}

void batch_deinit(struct batch *batch)
{
    buf_deinit(&batch->json);
    batch->count = 0;
}

void batch_reset(struct batch *batch)
{
    buf_reset(&batch->json);
    batch->count = 0;
}

uint32_t batch_all(const struct batch *batch)
{
    return (UINT32_C(1) << batch->count) - 1; // count is at most 25
}

// Inline: of a frame that is known, copying is a few moves.
static inline void put_framed(struct buf *out, struct str open, struct str json,
                              struct str close)
{
    char *to = buf_reserve(out, open.len + json.len + close.len);
    if (to != NULL) {
        memcpy(to, open.at, open.len);
        memcpy(to + open.len, json.at, json.len);
        memcpy(to + open.len + json.len, close.at, close.len);
        out->len += open.len + json.len + close.len;
    }
}

void batch_write_item(struct buf *out, const struct batch *batch, unsigned i)
{
    struct str json = batch_item_json(batch, i);
    if (batch->items[i].write == ITEM_PUT) {
        put_framed(out, STR("{\"Item\":"), json, STR("}"));
    } else {
        put_framed(out, STR("{\"Key\":"), json, STR("}"));
    }
}

static void write_request(struct buf *out, const struct batch *batch, unsigned i)
{
    struct str json = batch_item_json(batch, i);
    if (batch->items[i].write == ITEM_PUT) {
        put_framed(out, STR("{\"PutRequest\":{\"Item\":"), json, STR("}}"));
    } else {
        put_framed(out, STR("{\"DeleteRequest\":{\"Key\":"), json, STR("}}"));
    }
}

void batch_write_request(struct buf *out, const struct batch *batch, uint32_t mask)
{
    buf_put(out, STR("{\"RequestItems\":{"));
    json_put_string(out, batch->table_name);
    buf_put(out, STR(":["));
    bool first = true;
    for (unsigned i = 0; i < batch->count; i++) {
        if ((mask & (UINT32_C(1) << i)) == 0) {
            continue;
        }
        if (!first) {
            buf_char(out, ',');
        }
        first = false;
        write_request(out, batch, i);
    }
    buf_put(out, STR("]}}"));
}
