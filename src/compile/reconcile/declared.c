// Fingerprints of declared items in a hash table. They are hashes, but of text that
// somebody chose: where they go is keyed.
#include "declared.h"

#include "die.h"

#include <stdlib.h>

#define MIN_CAP ((size_t)64)

void declared_init(struct declared *declared)
{
    *declared = (struct declared){.seed = hash_seed_get()};
}

void declared_deinit(struct declared *declared)
{
    free(declared->items);
    free(declared->slots);
}

static size_t slot_of(const struct declared *declared, const struct uuid *key)
{
    struct str bytes = {(const char *)key->bytes, sizeof key->bytes};
    size_t at = (size_t)hash_text(&declared->seed, bytes) & (declared->cap - 1);
    while (declared->slots[at] != 0 &&
           !uuid_eq(&declared->items[declared->slots[at] - 1].key, key)) {
        at = (at + 1) & (declared->cap - 1);
    }
    return at;
}

static void *must(void *memory, size_t count)
{
    if (memory == NULL) {
        die("out of memory for %zu items", count);
    }
    return memory;
}

static void grow_slots(struct declared *declared)
{
    free(declared->slots);
    declared->cap = declared->cap == 0 ? MIN_CAP : declared->cap * 2;
    declared->slots =
        must(calloc(declared->cap, sizeof *declared->slots), declared->cap);
    for (size_t i = 0; i < declared->count; i++) {
        declared->slots[slot_of(declared, &declared->items[i].key)] = (uint32_t)i + 1;
    }
}

static void grow_items(struct declared *declared)
{
    size_t room = declared->room == 0 ? MIN_CAP : declared->room + declared->room / 2;
    if (room >= UINT32_MAX) {
        die("more than %zu items", declared->count);
    }
    declared->items =
        must(realloc(declared->items, room * sizeof *declared->items), room);
    declared->room = room;
}

void declared_add(struct declared *declared, const struct uuid *key,
                  const struct uuid *contents)
{
    if (declared->count == declared->room) {
        grow_items(declared);
    }
    if (declared->count * 4 >= declared->cap * 3) {
        grow_slots(declared);
    }
    size_t at = slot_of(declared, key);
    declared->items[declared->count++] =
        (struct declared_item){.key = *key, .contents = *contents};
    declared->slots[at] = (uint32_t)declared->count;
}

struct declared_item *declared_find(const struct declared *declared,
                                    const struct uuid *key)
{
    if (declared->cap == 0) {
        return NULL;
    }
    uint32_t found = declared->slots[slot_of(declared, key)];
    return found != 0 ? &declared->items[found - 1] : NULL;
}

const struct declared_item *declared_at(const struct declared *declared, size_t i)
{
    return i < declared->count ? &declared->items[i] : NULL;
}
