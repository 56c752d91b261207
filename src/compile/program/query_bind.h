// A checked pattern with values for its parameters.
#ifndef DDB_COMPILE_QUERY_BIND_H
#define DDB_COMPILE_QUERY_BIND_H

#include "arena.h"
#include "argument.h"
#include "diag.h"
#include "filter_values.h"
#include "query.h"
#include "users.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Those of one key condition: two of BETWEEN, else the first.
struct operands {
    struct value of[2];
};

struct bound_query {
    const struct query *query;
    // For each key that is asked for (of a batch_get any number, distinct, of a scan
    // none, else one), for each condition of the pattern: its operands.
    struct operands **keys;
    size_t key_count;
    struct filter_values filter; // where the query has one
};

// True when a parameter of type handle is read for a column other than handle.
bool query_reads_users(const struct query *query);

// False (diagnosed): a key value would be empty or too long, a handle is unknown, or the
// filter's values are none that the service takes.
__attribute__((warn_unused_result)) bool
query_bind(struct bound_query *out, const struct query *query,
           const struct argument *arguments, const struct users *users,
           struct arena *arena, struct diags *diags);

#endif
