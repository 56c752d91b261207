// How much a table or an index may read and write.
#ifndef DDB_MODEL_CAPACITY_READ_H
#define DDB_MODEL_CAPACITY_READ_H

#include "bind.h"
#include "diag.h"
#include "table.h"

#include <stdbool.h>

// The keys of a table or a global index that say it; NULL where one is absent.
struct capacity_nodes {
    const struct node *provisioned;
    const struct node *on_demand;
    const struct node *warm;
};

extern const struct shape PROVISIONED_SHAPE;
extern const struct shape ON_DEMAND_SHAPE;
extern const struct shape WARM_SHAPE;

// False: diagnosed; what was refused is marked so.
__attribute__((warn_unused_result)) bool
capacity_read(struct capacity *out, const struct capacity_nodes *nodes,
              struct diags *diags);

#endif
