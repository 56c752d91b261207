// Examples of access patterns, checked against what their patterns ask for.
#ifndef DDB_COMPILE_EXAMPLE_CHECK_H
#define DDB_COMPILE_EXAMPLE_CHECK_H

#include "arena.h"
#include "argument.h"
#include "diag.h"
#include "example.h"
#include "query.h"

#include <stdbool.h>

// Whether an example can be run: its parameters are the pattern's, and what it expects can
// come of that. *arguments then has a value for each parameter. False: diagnosed, now or
// when it was read.
__attribute__((warn_unused_result)) bool
example_check(struct argument **arguments, const struct example *example,
              const struct query *query, struct arena *arena, struct diags *diags);

#endif
