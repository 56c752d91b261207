// A table's resource policy.
#ifndef DDB_MODEL_POLICY_READ_H
#define DDB_MODEL_POLICY_READ_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "str.h"

#include <stdbool.h>

extern const struct shape POLICY_SHAPE;

// JSON as a string, kept byte for byte, or a mapping, written as compact JSON: one
// object of at most 20 KB (A174), as policy_check.h wants it; nothing for a mapping
// without members. node may be NULL: *out stays as it is. False: diagnosed.
__attribute__((warn_unused_result)) bool policy_read(struct str *out,
                                                     const struct node *node,
                                                     struct arena *arena,
                                                     struct diags *diags);

#endif
