// Document paths: `address.city`, `tags[0]`. Which value of an item one means.
#ifndef DDB_COMPILE_DOCUMENT_PATH_H
#define DDB_COMPILE_DOCUMENT_PATH_H

#include "source.h"
#include "str.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A value lies no deeper in an item (B012).
#define DOCUMENT_PATH_MAX_STEPS VALUE_MAX_DEPTH

struct path_step {
    struct str name; // of an attribute or a member of a map
    uint32_t index;  // of an element of a list
    bool is_index;
};

struct document_path {
    const struct path_step *steps; // count of them, the first a name
    size_t count;
    struct span span;
};

bool path_step_equal(const struct path_step *a, const struct path_step *b);
bool document_path_equal(const struct document_path *a, const struct document_path *b);

// The value at the path, or NULL: the item lacks it, or something on the way is no map,
// or no list.
const struct value *document_path_find(const struct document_path *path,
                                       const struct value_entry *entries, size_t count);

#endif
