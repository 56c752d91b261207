// The keys of tables and indexes.
#ifndef DDB_MODEL_KEY_READ_H
#define DDB_MODEL_KEY_READ_H

#include "diag.h"
#include "node.h"
#include "shape.h"
#include "table.h"

#include <stdbool.h>

extern const struct shape KEY_SCHEMA_SHAPE; // of a table
extern const struct shape LOCAL_KEY_SHAPE;  // of a local index
extern const struct shape GLOBAL_KEY_SHAPE; // of a global index

// The name of a key or projected attribute (A008, A009, A011); `what` is where it
// stands
// ("'hash'"). False: diagnosed.
__attribute__((warn_unused_result)) bool attribute_name_read(struct key_part *out,
                                                             const struct node *node,
                                                             const char *what,
                                                             struct diags *diags);

// {hash: NAME, range: NAME}; with lists, each may be a list of names: global indexes
// only (A040, A041, A047). False: diagnosed, and out->known is false.
__attribute__((warn_unused_result)) bool key_schema_read(struct key_schema *out,
                                                         const struct node *node,
                                                         bool lists,
                                                         struct diags *diags);

#endif
