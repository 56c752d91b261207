// Declared items in a table of fingerprints.
#include "declared.h"

void declared_init(struct declared *declared)
{
    print_table_init(&declared->items, sizeof(struct declared_item));
}

void declared_deinit(struct declared *declared)
{
    print_table_deinit(&declared->items);
}

struct declared_item *declared_add(struct declared *declared, const struct uuid *key,
                                   const struct uuid *contents)
{
    bool added = false;
    struct declared_item *item = print_table_add(&declared->items, key, &added);
    item->contents = *contents;
    return item;
}

struct declared_item *declared_find(const struct declared *declared,
                                    const struct uuid *key)
{
    return print_table_find(&declared->items, key);
}

const struct declared_item *declared_at(const struct declared *declared, size_t i)
{
    return print_table_at(&declared->items, i);
}
