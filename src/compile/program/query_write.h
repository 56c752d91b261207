// A checked pattern with values for its parameters, as a Query.
#ifndef DDB_COMPILE_QUERY_WRITE_H
#define DDB_COMPILE_QUERY_WRITE_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "query.h"
#include "str.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>

// The values of the parameters, in their order, from "name=value" texts. Each parameter
// is given once; a uuid and a number have their form (numbers become canonical). False:
// diagnosed.
__attribute__((warn_unused_result)) bool
query_read_arguments(struct str *values, const struct query *query,
                     const char *const *arguments, size_t count, struct arena *arena,
                     struct diags *diags);

// True when a parameter of type handle is read for a column other than handle.
bool query_reads_users(const struct query *query);

// Appends the request's JSON without its closing brace. False (diagnosed): a key value
// would be empty or too long, or a handle is unknown.
__attribute__((warn_unused_result)) bool
query_write(struct buf *out, const struct query *query, const struct str *values,
            const struct users *users, struct diags *diags);

#endif
