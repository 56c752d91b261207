// The values of a pattern's parameters, from the command line.
#ifndef DDB_COMPILE_ARGUMENTS_H
#define DDB_COMPILE_ARGUMENTS_H

#include "arena.h"
#include "argument.h"
#include "diag.h"
#include "example.h"
#include "query.h"

#include <stdbool.h>
#include <stddef.h>

// One value of a query's parameter: a uuid and a number have their form (numbers become
// canonical), binary is base64; text may be empty where it is in no key. False: diagnosed
// at span.
__attribute__((warn_unused_result)) bool
argument_read(struct str *out, const struct query *query, size_t parameter,
              struct str text, struct span span, struct arena *arena,
              struct diags *diags);

// The same of an example's `with`; what lacks a value is missing at span.
__attribute__((warn_unused_result)) bool
arguments_given(struct argument *out, const struct query *query,
                const struct example_argument *given, size_t count, struct span span,
                struct arena *arena, struct diags *diags);

// The values of all parameters, in their order, from "name=value" texts: each is given
// once, but those of lists, or has a default. False: diagnosed.
__attribute__((warn_unused_result)) bool
arguments_read(struct argument *out, const struct query *query,
               const char *const *texts, size_t count, struct arena *arena,
               struct diags *diags);

#endif
