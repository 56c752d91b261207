// The parameters of an access pattern.
#ifndef DDB_MODEL_PARAMETER_READ_H
#define DDB_MODEL_PARAMETER_READ_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "node.h"
#include "shape.h"

#include <stdbool.h>

// `parameters`.
extern const struct shape PARAMETERS_SHAPE;

// "handle", "string", ... as it is written.
const char *parameter_type_name(enum parameter_type type);

// Fills in the pattern's parameters. What a default is worth is not looked at. False:
// diagnosed; what could be read is there.
__attribute__((warn_unused_result)) bool parameters_read(struct pattern *out,
                                                         const struct node *node,
                                                         struct arena *arena,
                                                         struct diags *diags);

#endif
