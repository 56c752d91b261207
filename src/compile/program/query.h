// Access patterns, checked: what they ask of a table.
#ifndef DDB_COMPILE_QUERY_H
#define DDB_COMPILE_QUERY_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "filter.h"
#include "projection.h"
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
    const struct secondary_index *index;       // NULL: the table itself
    struct operand (*operands)[2];             // for each condition of the pattern
    const struct filter_expression *filter;    // NULL: everything that is read
    const struct projection_paths *projection; // NULL: all of an item
    bool *keyed;                               // by parameter: the key reads it
    size_t listed; // of PATTERN_BATCH_GET: the parameter that its keys are made of
};

// The key that it asks: the table's, or its index's.
const struct key_schema *query_key(const struct query *query);
// Whether an attribute is of that key's hash part.
bool query_is_hash(const struct query *query, struct str attribute);

// Verifies that a pattern is a legal Query (A051, A052), GetItem, Scan or BatchGetItem,
// and parses its templates, filter and projection. *exprs counts the definition's expressions. False: diagnosed.
__attribute__((warn_unused_result)) bool
query_build(struct query *out, const struct pattern *pattern, const struct table *table,
            size_t *exprs, struct arena *arena, struct diags *diags);

// Calls seen(expr) for every expression of the pattern, or of its key alone.
void query_visit(const struct query *query,
                 void (*seen)(void *context, const struct expr *expr), void *context);

void query_visit_key(const struct query *query,
                     void (*seen)(void *context, const struct expr *expr),
                     void *context);

#endif
