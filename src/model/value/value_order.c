// Values enter in any order and leave in the same one whatever it was. Names are ranked
// by those of a model, where there is one.
#include "value_order.h"

#include "map.h"
#include "number.h"

#include <stdlib.h>

struct ranked {
    struct value_entry entry;
    const struct value_entry *like; // of the same name; NULL: there is none
};

static int compare_names(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->like != NULL && b->like != NULL) {
        return a->like < b->like ? -1 : a->like > b->like; // of one array
    }
    if (a->like != NULL || b->like != NULL) {
        return a->like != NULL ? -1 : 1;
    }
    return str_cmp(a->entry.name, b->entry.name);
}

static int compare_texts(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;
    return str_cmp(*a, *b);
}

static int compare_numbers(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;
    return number_cmp(*a, *b);
}

static void order_value(struct value *value, const struct value *like,
                        struct arena *scratch)
{
    switch (value->type) {
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        if (value->count > 0) {
            qsort(value->members, value->count, sizeof *value->members,
                  value->type == VALUE_NS ? compare_numbers : compare_texts);
        }
        break;
    case VALUE_L:
        for (size_t i = 0; i < value->count; i++) {
            bool paired = like != NULL && like->type == VALUE_L && i < like->count;
            order_value(value->items[i], paired ? like->items[i] : NULL, scratch);
        }
        break;
    case VALUE_M: {
        bool paired = like != NULL && like->type == VALUE_M;
        value_order(value->entries, value->count, paired ? like->entries : NULL,
                    paired ? like->count : 0, scratch);
        break;
    }
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
    case VALUE_BOOL:
    case VALUE_NULL:
    case VALUE_TEMPLATE:
    default:
        break;
    }
}

void value_order(struct value_entry *entries, size_t count,
                 const struct value_entry *like, size_t like_count,
                 struct arena *scratch)
{
    struct map names; // to a place in `places`
    struct ranked *ranked = arena_array(scratch, count, sizeof *ranked);
    const struct value_entry **places =
        arena_array(scratch, like_count, sizeof(struct value_entry *));
    map_init(&names, scratch);
    for (size_t i = 0; i < like_count; i++) {
        places[i] = &like[i];
        map_add(&names, like[i].name, NULL)->value = &places[i];
    }
    for (size_t i = 0; i < count; i++) {
        const struct value_entry *const *place = map_find(&names, entries[i].name);
        ranked[i] = (struct ranked){entries[i], place == NULL ? NULL : *place};
    }
    if (count > 0 && entries != like) {
        qsort(ranked, count, sizeof *ranked, compare_names);
    }
    for (size_t i = 0; i < count; i++) {
        entries[i] = ranked[i].entry;
        order_value(entries[i].value,
                    ranked[i].like == NULL ? NULL : ranked[i].like->value, scratch);
    }
}
