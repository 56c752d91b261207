// Warm throughput that comes with a billing mode or with provisioned units.
#ifndef DDB_TABLE_WARM_H
#define DDB_TABLE_WARM_H

#include "table.h"

// What a table or index has in that mode, with those units, and nothing said of it.
struct throughput warm_brought(const struct capacity *capacity, enum billing_mode mode);
// What a live one has once mode and units are as declared: that alone warms it, and
// nothing cools it.
struct throughput warm_reached(const struct capacity *declared,
                               const struct capacity *live, enum billing_mode mode);

// Of each unit the larger one: what is said of either is a floor.
struct throughput warm_larger(struct throughput a, struct throughput b);

#endif
