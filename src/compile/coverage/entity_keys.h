// Which entity can have made an item, by its key: the key's templates as sets of texts
// (prove/domain.h), whatever the data. Whether the item is ours is another question
// (reconcile/provenance.h).
#ifndef DDB_COMPILE_ENTITY_KEYS_H
#define DDB_COMPILE_ENTITY_KEYS_H

#include "compilation.h"
#include "item_print.h"

#include <stdbool.h>

struct entity_keys;

// For a unit that was verified.
struct entity_keys *entity_keys_new(const struct compilation *compilation,
                                    const struct unit *unit);
void entity_keys_free(struct entity_keys *keys); // NULL is fine

// The program whose key templates can have made the key: one whose attributes the item
// has, else the first; or NULL. One that makes any key at all makes only items with its
// attributes. *hash_known: the hash key alone is one that an entity can make.
const struct program *entity_keys_find(bool *hash_known, struct entity_keys *keys,
                                       const struct item_print *item);

#endif
