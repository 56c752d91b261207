// Looking things up in a table, whether it was declared or told by DescribeTable.
#include "table.h"

const struct attribute_definition *table_find_attribute(const struct table *table,
                                                        struct str name)
{
    for (size_t i = 0; i < table->attribute_count; i++) {
        if (str_eq(table->attributes[i].name, name)) {
            return &table->attributes[i];
        }
    }
    return NULL;
}

const struct secondary_index *table_find_index(const struct table *table,
                                               struct str name)
{
    for (size_t i = 0; i < table->index_count; i++) {
        if (str_eq(table->indexes[i].name, name)) {
            return &table->indexes[i];
        }
    }
    return NULL;
}

static bool has_part(const struct key_part *parts, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(parts[i].name, name)) {
            return true;
        }
    }
    return false;
}

bool table_key_uses(const struct key_schema *key, struct str name)
{
    return has_part(key->hash, key->hash_count, name) ||
           has_part(key->range, key->range_count, name);
}

bool table_index_holds(const struct table *table, const struct secondary_index *index,
                       struct str name)
{
    return index->projection.type == PROJECTION_ALL ||
           has_part(index->projection.names, index->projection.count, name) ||
           table_key_uses(&table->key, name) || table_key_uses(&index->key, name);
}

static bool is_key_known(const struct table *table, const struct key_schema *key)
{
    bool known = key->known;
    for (size_t i = 0; known && i < key->hash_count; i++) {
        known = table_find_attribute(table, key->hash[i].name) != NULL;
    }
    for (size_t i = 0; known && i < key->range_count; i++) {
        known = table_find_attribute(table, key->range[i].name) != NULL;
    }
    return known;
}

bool table_key_known(const struct table *table)
{
    const struct key_schema *key = &table->key;
    bool known = table->attributes_known && key->hash_count == 1 &&
                 key->range_count <= 1 && is_key_known(table, key);
    for (size_t i = 0; known && i < table->attribute_count; i++) {
        const struct attribute_definition *definition = &table->attributes[i];
        known = !definition->untyped || !table_key_uses(key, definition->name);
    }
    return known;
}

bool table_keys_known(const struct table *table)
{
    bool known = table->attributes_known && !table->types_broken &&
                 !table->indexes_broken && is_key_known(table, &table->key);
    for (size_t i = 0; known && i < table->index_count; i++) {
        known = is_key_known(table, &table->indexes[i].key);
    }
    return known;
}
