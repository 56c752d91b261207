// A filter as it is sent, with placeholders for all names and values (B100, B104, B106 to
// B108).
#ifndef DDB_COMPILE_FILTER_WRITE_H
#define DDB_COMPILE_FILTER_WRITE_H

#include "arena.h"
#include "buf.h"
#include "document_path.h"
#include "filter_values.h"
#include "placeholders.h"

#include <stdbool.h>
#include <stddef.h>

// Appends a path: #n0.#n1[2].
void filter_put_path(struct buf *out, struct placeholders *placeholders,
                     const struct document_path *path);
// Appends the members of ExpressionAttributeNames and of ExpressionAttributeValues, each
// after a comma unless `first`.
void filter_put_names(struct buf *out, const struct placeholders *placeholders,
                      bool first);
void filter_put_values(struct buf *out, const struct placeholders *placeholders,
                       bool first);

// Appends the expression. values NULL: with one value for each slot, none of which is
// kept, to see how long it becomes.
void filter_write(struct buf *out, struct placeholders *placeholders,
                  const struct filter_expression *filter,
                  const struct filter_values *values);

#endif
