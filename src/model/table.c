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
