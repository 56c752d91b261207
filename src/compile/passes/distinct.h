// No two items of a table have the same key: what the proofs leave open is compared.
#ifndef DDB_COMPILE_DISTINCT_H
#define DDB_COMPILE_DISTINCT_H

#include "buf.h"
#include "compilation.h"
#include "keyset.h"

#include <stdbool.h>

// The keys of a table's items so far. Its user calls begin, part for the hash key and
// the range key, and end, for each item.
struct distinct {
    struct compilation *compilation;
    struct keyset keys;
    struct buf key;
};

void distinct_init(struct distinct *distinct, struct compilation *compilation);
void distinct_deinit(struct distinct *distinct);

void distinct_begin(struct distinct *distinct);
// A key attribute's value: UTF-8, a canonical number, or bytes.
void distinct_part(struct distinct *distinct, struct str value);
// The item stands at `at` in fixture. False when another item has its key: diagnosed,
// as made by `entity`, or without one as it was written.
bool distinct_end(struct distinct *distinct, const struct fixture *fixture,
                  struct span at, const struct entity *entity);

#endif
