// Batches of items: complete JSON objects side by side in one buffer, with the line
// that each comes from. What leaves is the body of a BatchWriteItem request, framed by
// copying.
#include "batch.h"

#include "json_write.h"

// A batch closes before it passes BATCH_TARGET_BYTES, but one item alone may be larger:
// 400 KB by the service's count, up to six times that when every byte is escaped.
#define BATCH_MAX_BYTES ((size_t)16 << 20)

#define WORD(literal)                                                                  \
    {                                                                                  \
        (literal), sizeof(literal) - 1                                                 \
    }

static const struct item_write_words WORDS[] = {
    [ITEM_PUT] = {WORD("PutRequest"), WORD("Item")},
    [ITEM_DELETE] = {WORD("DeleteRequest"), WORD("Key")},
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

struct str batch_item_json(const struct batch *batch, unsigned i)
{
    const struct batch_item *item = &batch->items[i];
    return (struct str){batch->json.at + item->at, item->len};
}

uint32_t batch_all(const struct batch *batch)
{
    return (UINT32_C(1) << batch->count) - 1; // count is at most 25
}

static void open_object(struct buf *out, struct str member)
{
    buf_put(out, STR("{\""));
    buf_put(out, member);
    buf_put(out, STR("\":"));
}

void batch_write_item(struct buf *out, const struct batch *batch, unsigned i)
{
    open_object(out, WORDS[batch->items[i].write].member);
    buf_put(out, batch_item_json(batch, i));
    buf_char(out, '}');
}

void batch_write_request(struct buf *out, const struct batch *batch, uint32_t mask)
{
    open_object(out, STR("RequestItems"));
    buf_char(out, '{');
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
        open_object(out, WORDS[batch->items[i].write].request);
        batch_write_item(out, batch, i);
        buf_char(out, '}');
    }
    buf_put(out, STR("]}}"));
}
