// A set of fingerprints with the place each was first seen: how duplicates are found
// among millions of keys in 28 bytes each and their share of a table.
#ifndef DDB_COMPILE_KEYSET_H
#define DDB_COMPILE_KEYSET_H

#include "print_table.h"
#include "source.h"
#include "str.h"
#include "uuid.h"

#include <stddef.h>
#include <stdint.h>

struct keyset_place {
    uint64_t at; // of what has the key, in the source
    uint32_t line;
    uint32_t source; // the caller's number of it, under 16 million
};

struct keyset {
    struct print_table prints;
    struct uuid_hasher *hasher;
};

void keyset_init(struct keyset *set);
void keyset_deinit(struct keyset *set);

// The fingerprint of a key of any length: 122 bits of its SHA-1. Two keys of the
// same ones do not happen by chance.
struct uuid keyset_fingerprint(struct keyset *set, struct str key);

// Adds a fingerprint. True when it is new; else *first is where it was seen before.
bool keyset_add(struct keyset *set, const struct uuid *fingerprint,
                struct keyset_place place, struct keyset_place *first);

// The place as it is shown: its line's beginning is looked for in the source.
struct span keyset_place_span(const struct keyset_place *place,
                              const struct source *source);

#endif
