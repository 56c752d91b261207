// The keys of a mapping while it is read: few are compared one by one, more are in a map.
#include "seen_keys.h"

#define FEW_KEYS 16

const struct node *seen_keys_find(struct seen_keys *seen,
                                  const struct node *const *open, size_t open_count,
                                  const struct node *key)
{
    size_t count = (open_count - seen->from) / 2;
    if (count == 0) { // and of the document's first key nothing is open at all
        return NULL;
    }
    const struct node *const *pairs = open + seen->from;
    if (count < FEW_KEYS) {
        for (size_t i = 0; i < count; i++) {
            if (str_eq(pairs[2 * i]->text, key->text)) {
                return pairs[2 * i];
            }
        }
        return NULL;
    }
    if (seen->noted == 0) {
        map_init(&seen->map, &seen->arena);
    }
    for (; seen->noted < count; seen->noted++) {
        // The map is asked about the first key's place only: never written through.
        union {
            const struct node *in;
            void *out;
        } value = {.in = pairs[2 * seen->noted]};
        map_add(&seen->map, value.in->text, NULL)->value = value.out;
    }
    return map_find(&seen->map, key->text);
}
