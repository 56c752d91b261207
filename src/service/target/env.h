// The environment's values, where a file may refer to them.
#ifndef DDB_SERVICE_ENV_H
#define DDB_SERVICE_ENV_H

#include "arena.h"
#include "diag.h"
#include "str.h"

#include <stdbool.h>

// The value of a target's or definition's field: "${env.NAME}" as its whole value is
// looked up in the environment (unset or empty: diagnosed), anything else is itself.
// The result lives in arena, NUL-terminated; no message ever shows it.
__attribute__((warn_unused_result)) bool env_value(struct str *out, struct str text,
                                                   struct span span,
                                                   struct arena *arena,
                                                   struct diags *diags);

#endif
