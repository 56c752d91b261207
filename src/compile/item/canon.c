// Values enter, texts leave that are equal when the values are. Every part has its
// length before it, so no two run together.
#include "canon.h"

#include <stdlib.h>

static void put_text(struct buf *out, struct str text)
{
    buf_uint(out, text.len);
    buf_char(out, ':');
    buf_put(out, text);
}

static int compare_texts(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;
    return str_cmp(*a, *b);
}

static int compare_entries(const void *left, const void *right)
{
    const struct value_entry *const *a = left;
    const struct value_entry *const *b = right;
    return str_cmp((*a)->name, (*b)->name);
}

static void put_set(struct buf *out, const struct value *value, struct arena *scratch)
{
    struct str *sorted = arena_array(scratch, value->count, sizeof *sorted);
    for (size_t i = 0; i < value->count; i++) {
        sorted[i] = value->members[i];
    }
    if (value->count > 0) {
        qsort(sorted, value->count, sizeof *sorted, compare_texts);
    }
    buf_uint(out, value->count);
    buf_char(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        put_text(out, sorted[i]);
    }
}

void canon_put_item(struct buf *out, const struct value_entry *entries, size_t count,
                    struct arena *scratch)
{
    const struct value_entry **sorted =
        arena_array(scratch, count, sizeof(struct value_entry *));
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &entries[i];
    }
    if (count > 0) {
        qsort(sorted, count, sizeof(struct value_entry *), compare_entries);
    }
    buf_uint(out, count);
    buf_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        put_text(out, sorted[i]->name);
        canon_put_value(out, sorted[i]->value, scratch);
    }
}

void canon_put_value(struct buf *out, const struct value *value, struct arena *scratch)
{
    buf_puts(out, value_type_name(value->type));
    switch (value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
    case VALUE_TEMPLATE:
        put_text(out, value->text);
        break;
    case VALUE_BOOL:
        buf_char(out, value->boolean ? '1' : '0');
        break;
    case VALUE_NULL:
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        put_set(out, value, scratch);
        break;
    case VALUE_L:
        buf_uint(out, value->count);
        buf_char(out, '[');
        for (size_t i = 0; i < value->count; i++) {
            canon_put_value(out, value->items[i], scratch);
        }
        break;
    case VALUE_M:
    default:
        canon_put_item(out, value->entries, value->count, scratch);
        break;
    }
}

bool canon_equal(const struct value *a, const struct value *b, struct arena *scratch)
{
    if (a->type != b->type || a->type <= VALUE_B) {
        return a->type == b->type && str_eq(a->text, b->text);
    }
    struct buf left;
    struct buf right;
    buf_init(&left, SIZE_MAX);
    buf_init(&right, SIZE_MAX);
    canon_put_value(&left, a, scratch);
    canon_put_value(&right, b, scratch);
    bool equal = str_eq(buf_str(&left), buf_str(&right));
    buf_deinit(&left);
    buf_deinit(&right);
    return equal;
}

static bool put_key_part(struct buf *out, const struct table *table, struct str name,
                         const struct value_entry *entries, size_t count)
{
    const struct attribute_definition *definition = table_find_attribute(table, name);
    for (size_t i = 0; i < count && definition != NULL; i++) {
        const struct value *value = entries[i].value;
        if (str_eq(entries[i].name, name)) {
            put_text(out, value->text);
            return value->type <= VALUE_B &&
                   value_type_name(value->type)[0] == definition->type;
        }
    }
    return false;
}

bool canon_put_key(struct buf *out, const struct table *table,
                   const struct value_entry *entries, size_t count)
{
    const struct key_schema *key = &table->key;
    return put_key_part(out, table, key->hash[0].name, entries, count) &&
           (key->range_count == 0 ||
            put_key_part(out, table, key->range[0].name, entries, count));
}
