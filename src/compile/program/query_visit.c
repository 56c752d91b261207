// What a query has: its key, the expressions of its templates and of its filter.
#include "query.h"

const struct key_schema *query_key(const struct query *query)
{
    return query->index != NULL ? &query->index->key : &query->table->key;
}

bool query_is_hash(const struct query *query, struct str attribute)
{
    const struct key_schema *key = query_key(query);
    for (size_t i = 0; i < key->hash_count; i++) {
        if (str_eq(key->hash[i].name, attribute)) {
            return true;
        }
    }
    return false;
}

static void visit_template(const struct template *template,
                           void (*seen)(void *context, const struct expr *expr),
                           void *context)
{
    for (size_t i = 0; i < template->count; i++) {
        if (template->parts[i].expr != NULL) {
            seen(context, template->parts[i].expr);
        }
    }
}

void query_visit_key(const struct query *query,
                     void (*seen)(void *context, const struct expr *expr),
                     void *context)
{
    for (size_t i = 0; i < query->pattern->condition_count; i++) {
        visit_template(&query->operands[i][0].template, seen, context);
        visit_template(&query->operands[i][1].template, seen, context);
    }
}

void query_visit(const struct query *query,
                 void (*seen)(void *context, const struct expr *expr), void *context)
{
    query_visit_key(query, seen, context);
    if (query->filter != NULL) {
        filter_visit(query->filter, seen, context);
    }
}
