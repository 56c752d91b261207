// An item as a tree of values: its attributes, its size, its JSON.
#include "item.h"

#include "json_write.h"

struct item item_of_plain(const struct plain_item *plain)
{
    return (struct item){
        .attributes = plain->attributes, .count = plain->count, .span = plain->span};
}

const struct value_entry *item_find(const struct item *item, struct str name)
{
    for (size_t i = 0; i < item->count; i++) {
        if (str_eq(item->attributes[i].name, name)) {
            return &item->attributes[i];
        }
    }
    return NULL;
}

size_t item_attribute_size(const struct value_entry *attribute)
{
    return attribute->name.len + value_size(attribute->value);
}

size_t item_size(const struct item *item)
{
    size_t size = 0;
    for (size_t i = 0; i < item->count; i++) {
        size += item_attribute_size(&item->attributes[i]);
    }
    return size;
}

void item_write(struct buf *out, const struct item *item)
{
    buf_char(out, '{');
    for (size_t i = 0; i < item->count; i++) {
        if (i > 0) {
            buf_char(out, ',');
        }
        json_put_string(out, item->attributes[i].name);
        buf_char(out, ':');
        value_write(out, item->attributes[i].value);
    }
    buf_char(out, '}');
}
