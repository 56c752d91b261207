// Hashes of text for tables in memory, keyed: who writes a file cannot choose keys that
// meet in one slot.
#ifndef DDB_BASE_HASH_H
#define DDB_BASE_HASH_H

#include "str.h"

#include <stdint.h>

struct hash_seed {
    uint64_t words[2];
};

// What the kernel gave this process at random: one seed for all of a run. No order that
// is shown may depend on what is hashed with it.
struct hash_seed hash_seed_get(void);

// SipHash-1-3: of the same seed the same on every machine.
uint64_t hash_text(const struct hash_seed *seed, struct str text);

#endif
