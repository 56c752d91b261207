// How much a table or an index may read and write.
#ifndef DDB_MODEL_CAPACITY_READ_H
#define DDB_MODEL_CAPACITY_READ_H

#include "diag.h"
#include "node.h"
#include "shape.h"
#include "table.h"

#include <stdbool.h>

extern const struct shape THROUGHPUT_SHAPE;

// provisioned_throughput. False: diagnosed.
__attribute__((warn_unused_result)) bool
throughput_read(struct throughput *out, const struct node *node, struct diags *diags);

#endif
