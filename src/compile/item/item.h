// Items that are made one by one, of rows or as they were written: not the bulk path of
// messages, so an item is a tree of values here.
#ifndef DDB_COMPILE_ITEM_H
#define DDB_COMPILE_ITEM_H

#include "buf.h"
#include "data_file.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

struct item {
    struct value_entry *attributes; // count of them, names distinct, no templates
    size_t count;
    struct span span; // of the row, or of the item as it was written; else none
    bool oversized;   // a text of it is too large to be made at all
};

// One as it was written.
struct item item_of_plain(const struct plain_item *plain);

// The attribute of that name, or NULL.
const struct value_entry *item_find(const struct item *item, struct str name);

// The service's size of an attribute, its name included (B071), and of the item.
size_t item_attribute_size(const struct value_entry *attribute);
size_t item_size(const struct item *item);

// Appends {"pk":{...},...}.
void item_write(struct buf *out, const struct item *item);

#endif
