// Paths into items: steps enter, a value leaves.
#include "document_path.h"

bool path_step_equal(const struct path_step *a, const struct path_step *b)
{
    return a->is_index == b->is_index &&
           (a->is_index ? a->index == b->index : str_eq(a->name, b->name));
}

bool document_path_equal(const struct document_path *a, const struct document_path *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = path_step_equal(&a->steps[i], &b->steps[i]);
    }
    return equal;
}

static const struct value *find_entry(const struct value_entry *entries, size_t count,
                                      struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(entries[i].name, name)) {
            return entries[i].value;
        }
    }
    return NULL;
}

const struct value *document_path_find(const struct document_path *path,
                                       const struct value_entry *entries, size_t count)
{
    const struct value *value = find_entry(entries, count, path->steps[0].name);
    for (size_t i = 1; i < path->count && value != NULL; i++) {
        const struct path_step *step = &path->steps[i];
        if (step->is_index) {
            value = value->type == VALUE_L && step->index < value->count
                        ? value->items[step->index]
                        : NULL;
        } else {
            value = value->type == VALUE_M
                        ? find_entry(value->entries, value->count, step->name)
                        : NULL;
        }
    }
    return value;
}
