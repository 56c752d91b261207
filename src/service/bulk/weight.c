// Items enter as JSON; their write units and their partition leave.
#include "weight.h"

#include "hash.h"
#include "item.h"
#include "value_json.h"

#define UNIT_BYTES 1024u // of an item, for each write unit (B085)

// Of one conversation, or of one participant in it, everything has mostly one hash key.
static uint32_t place_of(const struct batch_item *item)
{
    static const struct hash_seed SEED = {{0}}; // an order that is the same every time
    const struct item_identity *of = &item->identity;
    struct str uuid = {(const char *)&of->of, sizeof of->of};
    if (of->program == NULL || of->row != NULL) {
        return item->line;
    }
    return (uint32_t)hash_text(&SEED, uuid);
}

static unsigned units_of(struct str json, struct arena *scratch)
{
    struct item item = {0};
    const char *why = NULL;
    arena_reset(scratch);
    if (json.len == 0 ||
        !value_json_read_item(&item.attributes, &item.count, json, scratch, &why)) {
        return 1;
    }
    return (unsigned)((item_size(&item) + UNIT_BYTES - 1) / UNIT_BYTES);
}

struct weight weight_of_batch(const struct batch *batch, bool metered,
                              struct arena *scratch)
{
    struct weight weight = {.partition = place_of(&batch->items[0])};
    for (unsigned i = 0; i < batch->count; i++) {
        bool counts = metered && batch->items[i].write == ITEM_PUT;
        weight.units[i] = counts ? units_of(batch_item_json(batch, i), scratch) : 1;
    }
    return weight;
}

struct weight weight_of_item(const struct batch_item *of, struct str old,
                             struct str new, bool metered, struct arena *scratch)
{
    struct weight weight = {.partition = place_of(of), .units = {1}};
    if (metered) {
        unsigned before = units_of(old, scratch);
        unsigned after = units_of(new, scratch);
        weight.units[0] = before > after ? before : after;
    }
    return weight;
}
