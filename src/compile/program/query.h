// Access patterns to Query requests.
#ifndef DDB_COMPILE_QUERY_H
#define DDB_COMPILE_QUERY_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "entity.h"
#include "eval.h"
#include "table.h"
#include "template.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>

// One operand of a key condition.
struct operand {
    struct template template; // of one literal part, when the pattern gives a constant
    char type;                // 'S', 'N' or 'B', the attribute's
};

struct query {
    const struct pattern *pattern;
    const struct table *table;
    const struct secondary_index *index; // NULL: the table itself
    struct operand (*operands)[2];       // for each condition of the pattern
};

// Verifies that a pattern is a legal Query (A051, A052) and parses its templates.
// *exprs counts the definition's expressions. False: diagnosed.
__attribute__((warn_unused_result)) bool
query_build(struct query *out, const struct pattern *pattern, const struct table *table,
            size_t *exprs, struct arena *arena, struct diags *diags);

// Calls seen(expr) for every expression of the pattern.
void query_visit(const struct query *query,
                 void (*seen)(void *context, const struct expr *expr), void *context);

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
