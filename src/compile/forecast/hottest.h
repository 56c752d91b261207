// Which of many keys weighs most, in bounded memory.
//
// Up to HOTTEST_KEYS different keys it is exact. Past that it is the Space-Saving
// sketch (Metwally, Agrawal, El Abbadi, 2005): a new key takes the place of the
// lightest and inherits its weight as an error, so that no key weighs more than is said
// of the heaviest, and the error is at most the sum of all weights divided by
// HOTTEST_KEYS.
#ifndef DDB_COMPILE_HOTTEST_H
#define DDB_COMPILE_HOTTEST_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOTTEST_KEYS 4096

struct hottest;

struct hottest_key {
    struct str key; // borrowed until the next hottest_add
    // What the key weighs, and what no key weighs more than. When they are equal the
    // key is the heaviest; of several the one that is first by its bytes.
    uint64_t at_least;
    uint64_t at_most;
};

struct hottest *hottest_new(void);
void hottest_free(struct hottest *hottest); // NULL is fine

// Adds the weight to the key's, of which a copy is kept.
void hottest_add(struct hottest *hottest, struct str key, uint64_t weight);

// False: nothing was added.
bool hottest_find(struct hottest_key *out, const struct hottest *hottest);

#endif
