// An example and its pattern enter, the values of parameters leave.
#include "example_check.h"

#include "arguments.h"

static bool refuse(struct diags *diags, struct span span, const char *text,
                   const char *help)
{
    struct diag *diag = diag_add(diags, DIAG_EXAMPLE, span, "%s", text);
    if (help != NULL) {
        diag_help(diags, diag, "%s", help);
    }
    return false;
}

static bool is_in_schema(const struct key_schema *key, struct str name)
{
    bool found = false;
    for (size_t i = 0; i < key->hash_count; i++) {
        found = found || str_eq(key->hash[i].name, name);
    }
    for (size_t i = 0; i < key->range_count; i++) {
        found = found || str_eq(key->range[i].name, name);
    }
    return found;
}

// `keys` are of the table or of the index that is asked.
static bool check_keys(const struct expected_items *keys, const struct query *query,
                       struct diags *diags)
{
    bool ok = true;
    for (size_t i = 0; i < keys->count; i++) {
        for (size_t a = 0; a < keys->items[i].count; a++) {
            const struct value_entry *entry = &keys->items[i].attributes[a];
            if (!is_in_schema(&query->table->key, entry->name) &&
                !is_in_schema(query_key(query), entry->name)) {
                struct diag *diag =
                    diag_add(diags, DIAG_EXAMPLE, entry->name_span,
                             "%s is of no key that this pattern's items have",
                             diag_quote(diags, entry->name));
                diag_help(diags, diag, "other attributes stand in 'items'");
                ok = false;
            }
        }
    }
    return ok;
}

// How many come back, and how many are there to be held against them.
static bool check_count(const struct expected_items *items, const char *help,
                        const struct expectation *expect, struct diags *diags)
{
    if (items->node == NULL || expect->count.node == NULL ||
        (uint64_t)expect->count.value >= items->count) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_EXAMPLE, items->node->span,
                                 "there are more of them than 'count' says");
    diag_help(diags, diag, "%s", help);
    return false;
}

static bool check_expect(const struct expectation *expect, const struct query *query,
                         struct diags *diags)
{
    static const char LISTED[] =
        "without 'count' they are all that come back, with it the first of them";
    const struct pattern *pattern = query->pattern;
    const struct expected_items *parts[] = {&expect->keys, &expect->items,
                                            &expect->first, &expect->last};
    bool ok = true;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i]->node == NULL) {
            continue;
        }
        if (pattern->counts) {
            ok = refuse(diags, parts[i]->node->span,
                        "'select: count' gives no items to be compared", NULL);
        } else if (i >= 2 && pattern->operation == PATTERN_SCAN) {
            ok = refuse(diags, parts[i]->node->span,
                        "a scan has no first item and no last one: it has no order",
                        "its 'keys' and 'items' are held against it in any order");
        }
    }
    ok = check_keys(&expect->keys, query, diags) && ok;
    ok = check_count(&expect->keys, LISTED, expect, diags) && ok;
    return check_count(&expect->items, LISTED, expect, diags) && ok;
}

bool example_check(struct argument **arguments, const struct example *example,
                   const struct query *query, struct arena *arena, struct diags *diags)
{
    const struct pattern *pattern = query->pattern;
    *arguments = arena_array(arena, pattern->parameter_count, sizeof **arguments);
    bool ok = !pattern->parameters_broken && !example->with_broken;
    ok = ok && arguments_given(*arguments, query, example->with, example->with_count,
                               example->span, arena, diags);
    return check_expect(&example->expect, query, diags) && ok && !example->broken;
}
