// Access patterns to Query requests.
#ifndef DDB_COMPILE_QUERY_H
#define DDB_COMPILE_QUERY_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "table.h"
#include "template.h"

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

// The key that it asks: the table's, or its index's.
const struct key_schema *query_key(const struct query *query);
// Whether an attribute is of that key's hash part.
bool query_is_hash(const struct query *query, struct str attribute);

// Verifies that a pattern is a legal Query (A051, A052) and parses its templates.
// *exprs counts the definition's expressions. False: diagnosed.
__attribute__((warn_unused_result)) bool
query_build(struct query *out, const struct pattern *pattern, const struct table *table,
            size_t *exprs, struct arena *arena, struct diags *diags);

// Calls seen(expr) for every expression of the pattern.
void query_visit(const struct query *query,
                 void (*seen)(void *context, const struct expr *expr), void *context);

#endif
