// A table's tags.
#ifndef DDB_MODEL_TAGS_READ_H
#define DDB_MODEL_TAGS_READ_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "table_settings.h"

#include <stdbool.h>

extern const struct shape TAGS_SHAPE;

// A mapping from keys to values (A164 to A168); node may be NULL. False: diagnosed.
__attribute__((warn_unused_result)) bool tags_read(struct table_settings *out,
                                                   const struct node *node,
                                                   struct arena *arena,
                                                   struct diags *diags);

#endif
