// Key values as bytes whose order is that of the values: text by its UTF-8, numbers by
// value, binary unsigned (B018).
#ifndef DDB_COMPILE_ORDER_KEY_H
#define DDB_COMPILE_ORDER_KEY_H

#include "buf.h"
#include "str.h"
#include "value.h"

#include <stddef.h>

#define PLACE_BYTES 3

// Appends a value of type S, N or B so that what is appended behind it does not matter
// for the order of two that differ: none of them begins another one.
void order_key_put(struct buf *out, const struct value *value);
// Appends what all values begin with that begin with this one, of S or B.
void order_key_put_prefix(struct buf *out, const struct value *value);

// Where a partition stands in a Scan, and an item among those that tie in an index: the
// first bytes of a hash over the values. It is a place without a meaning, as the
// service's is, and the same in every run.
void order_key_put_place(struct buf *out, const struct value *const *values,
                         size_t count);

#endif
