// Items enter one by one, written where they stay; full batches leave.
#include "packer.h"

#define OVER_MAX_BYTES ((size_t)16 << 20)
#define FRAME_BYTES (sizeof "{\"Item\":}" - 1) // of each in a request

bool packing_add(struct packing *packing, size_t json_len)
{
    size_t more = json_len + FRAME_BYTES;
    bool begins = packing->count == 0 || packing->count == BATCH_MAX_ITEMS ||
                  packing->bytes + more > BATCH_TARGET_BYTES;
    if (begins) {
        *packing = (struct packing){0};
    }
    packing->count++;
    packing->bytes += more;
    return begins;
}

void packer_init(struct packer *packer, struct str table_name,
                 const struct batch_sink *to)
{
    *packer = (struct packer){.to = *to};
    batch_init(&packer->batch, table_name);
    buf_init(&packer->over, OVER_MAX_BYTES);
}

void packer_deinit(struct packer *packer)
{
    batch_deinit(&packer->batch);
    buf_deinit(&packer->over);
}

bool packer_flush(struct packer *packer)
{
    packer->packing = (struct packing){0};
    return packer->batch.count == 0 ||
           packer->to.take(packer->to.context, &packer->batch);
}

struct buf *packer_begin(struct packer *packer)
{
    if (packer->batch.count == BATCH_MAX_ITEMS && !packer_flush(packer)) {
        return NULL;
    }
    packer->at = packer->batch.json.len;
    return &packer->batch.json;
}

// The item that was written last goes into a batch of its own: with it, this one would
// pass BATCH_TARGET_BYTES.
static bool carry_over(struct packer *packer)
{
    struct buf *json = &packer->batch.json;
    buf_reset(&packer->over);
    buf_put(&packer->over, str_skip(buf_str(json), packer->at));
    json->len = packer->at;
    packer->at = 0;
    if (!packer->to.take(packer->to.context, &packer->batch)) {
        return false;
    }
    buf_put(json, buf_str(&packer->over));
    return true;
}

struct batch_item *packer_end(struct packer *packer)
{
    struct batch *batch = &packer->batch;
    bool begins = packing_add(&packer->packing, batch->json.len - packer->at);
    if (begins && batch->count > 0 && !carry_over(packer)) {
        return NULL;
    }
    struct batch_item *item = &batch->items[batch->count++];
    item->at = packer->at;
    item->len = batch->json.len - packer->at;
    return item;
}
