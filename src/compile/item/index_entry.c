// Items enter, what an index holds of them leaves: whether it does, how large that is,
// and whether a write changes it.
#include "index_entry.h"

#include "canon.h"

static bool has_key(const struct table *table, const struct key_part *parts,
                    size_t count, const struct item *item)
{
    for (size_t i = 0; i < count; i++) {
        const struct attribute_definition *definition =
            table_find_attribute(table, parts[i].name);
        const struct value_entry *attribute = item_find(item, parts[i].name);
        if (attribute == NULL || definition == NULL ||
            attribute->value->type > VALUE_B || attribute->value->text.len == 0 ||
            value_type_name(attribute->value->type)[0] != definition->type) {
            return false;
        }
    }
    return true;
}

bool index_entry_exists(const struct table *table, const struct secondary_index *index,
                        const struct item *item)
{
    const struct key_schema *key = &index->key;
    return has_key(table, key->hash, key->hash_count, item) &&
           has_key(table, key->range, key->range_count, item);
}

size_t index_entry_size(const struct table *table, const struct secondary_index *index,
                        const struct item *item)
{
    size_t size = 0;
    for (size_t i = 0; i < item->count; i++) {
        if (table_index_holds(table, index, item->attributes[i].name)) {
            size += item_attribute_size(&item->attributes[i]);
        }
    }
    return size;
}

static bool same_parts(const struct key_part *parts, size_t count, const struct item *a,
                       const struct item *b)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(item_find(a, parts[i].name)->value->text,
                    item_find(b, parts[i].name)->value->text)) {
            return false;
        }
    }
    return true;
}

bool index_entry_same_place(const struct secondary_index *index, const struct item *a,
                            const struct item *b)
{
    const struct key_schema *key = &index->key;
    return same_parts(key->hash, key->hash_count, a, b) &&
           same_parts(key->range, key->range_count, a, b);
}

// Whether b has all that an entry holds of a, as a has it.
static bool covers(const struct table *table, const struct secondary_index *index,
                   const struct item *a, const struct item *b, struct arena *scratch)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct value_entry *attribute = &a->attributes[i];
        if (!table_index_holds(table, index, attribute->name)) {
            continue;
        }
        const struct value_entry *other = item_find(b, attribute->name);
        if (other == NULL || !canon_equal(attribute->value, other->value, scratch)) {
            return false;
        }
    }
    return true;
}

bool index_entry_equal(const struct table *table, const struct secondary_index *index,
                       const struct item *a, const struct item *b,
                       struct arena *scratch)
{
    return covers(table, index, a, b, scratch) && covers(table, index, b, a, scratch);
}
