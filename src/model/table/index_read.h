// local_secondary_indexes and global_secondary_indexes.
#ifndef DDB_MODEL_INDEX_READ_H
#define DDB_MODEL_INDEX_READ_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "table.h"

#include <stdbool.h>

extern const struct shape LOCAL_INDEXES_SHAPE;
extern const struct shape GLOBAL_INDEXES_SHAPE;

// Appends the indexes of one of the two to out->indexes, which has room for them. node
// may be NULL: there are none. False: diagnosed.
__attribute__((warn_unused_result)) bool indexes_read(struct table *out,
                                                      const struct node *node,
                                                      bool local, struct arena *arena,
                                                      struct diags *diags);

#endif
