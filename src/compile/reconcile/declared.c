// Fingerprints of declared items in a hash table. They are hashes, but of text that
// somebody chose: where they go is keyed.
#include "declared.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

#define MIN_CAP ((size_t)64)

void declared_init(struct declared *declared)
{
    *declared = (struct declared){.seed = hash_seed_get()};
}

void declared_deinit(struct declared *declared)
{
    free(declared->slots);
    free(declared->used);
}

static size_t slot_of(const struct declared *declared, const struct uuid *key)
{
    const struct str bytes = {(const char *)key->bytes, sizeof key->bytes};
    size_t at = (size_t)hash_text(&declared->seed, bytes) & (declared->cap - 1);
    while (declared->used[at] != 0 &&
           memcmp(declared->slots[at].key.bytes, key->bytes, sizeof key->bytes) != 0) {
        at = (at + 1) & (declared->cap - 1);
    }
    return at;
}

static void grow(struct declared *declared)
{
    struct declared old = *declared;
    declared->cap = old.cap == 0 ? MIN_CAP : old.cap * 2;
    declared->slots = calloc(declared->cap, sizeof *declared->slots);
    declared->used = calloc(declared->cap, 1);
    if (declared->slots == NULL || declared->used == NULL) {
        die("out of memory for %zu items", declared->cap);
    }
    for (size_t i = 0; i < old.cap; i++) {
        if (old.used[i] != 0) {
            size_t at = slot_of(declared, &old.slots[i].key);
            declared->slots[at] = old.slots[i];
            declared->used[at] = 1;
        }
    }
    free(old.slots);
    free(old.used);
}

void declared_add(struct declared *declared, const struct uuid *key,
                  const struct uuid *contents)
{
    if (declared->count * 4 >= declared->cap * 3) {
        grow(declared);
    }
    size_t at = slot_of(declared, key);
    declared->slots[at] = (struct declared_item){.key = *key, .contents = *contents};
    declared->used[at] = 1;
    declared->count++;
}

struct declared_item *declared_find(const struct declared *declared,
                                    const struct uuid *key)
{
    if (declared->cap == 0) {
        return NULL;
    }
    size_t at = slot_of(declared, key);
    return declared->used[at] != 0 ? &declared->slots[at] : NULL;
}
