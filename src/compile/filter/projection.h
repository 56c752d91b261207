// ProjectionExpression: what comes back of an item.
#ifndef DDB_COMPILE_PROJECTION_H
#define DDB_COMPILE_PROJECTION_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "document_path.h"
#include "entity.h"
#include "filter_write.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

struct projection_paths {
    const struct document_path *at; // count of them, none within another
    size_t count;
};

// Reads a pattern's projection. NULL: diagnosed; paths that overlap, or of which one
// takes for a list what the other takes for a map, are refused by the service.
const struct projection_paths *projection_read(const struct pattern *pattern,
                                               const struct table *table,
                                               struct arena *arena,
                                               struct diags *diags);

// What the paths lead to, in the item's order: maps and lists on the way hold nothing
// else, and are there only where something in them is.
void projection_apply(struct value_entry **out, size_t *out_count,
                      const struct projection_paths *paths,
                      const struct value_entry *entries, size_t count,
                      struct arena *arena);

// Appends the expression.
void projection_write(struct buf *out, struct placeholders *placeholders,
                      const struct projection_paths *paths);

#endif
