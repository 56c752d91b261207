// A fixture of rows and items: data for tables that are no conversations.
//
//     rows:                    # each goes to the entities with that for_each
//       customer:
//         - { id: c-1, user: !handle andrewbrown, bio: "..." }
//     items:                   # as they are, without an entity
//       - { pk: CONFIG#1, sk: v0 }
//     table: shop              # the items' table, when a run has several
#ifndef DDB_MODEL_DATA_FILE_H
#define DDB_MODEL_DATA_FILE_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// A value of a row under its name.
struct row_column {
    struct str name;
    struct span name_span;
    struct value *value; // never a template
    bool is_handle;      // !handle: value is the handle, an S
};

struct row {
    struct span span;
    struct row_column *columns; // count of them, in file order, names distinct
    size_t count;
};

// The rows under one name.
struct row_group {
    struct str name;
    struct span span; // of the name
    struct row *rows; // count of them, in file order
    size_t count;
};

// An item as it is written; its attributes' names are distinct.
struct plain_item {
    struct span span;
    struct value_entry *attributes; // count of them, in file order
    size_t count;
};

struct data_file {
    struct row_group *groups; // group_count of them, in file order
    size_t group_count;
    struct plain_item *items; // item_count of them, in file order
    size_t item_count;
    struct span items_span; // of the list; without a source when there is none
    struct str table;       // the items' table; empty: not said
    struct span table_span;
};

extern const struct shape DATA_FILE_SHAPE;

// True when a YAML document is a fixture of rows and items: a mapping with `rows` or
// `items`.
bool data_file_is(const struct node *root);

// Reads one. False: diagnosed; *out then holds what could be read.
__attribute__((warn_unused_result)) bool data_file_read(struct data_file *out,
                                                        const struct node *root,
                                                        struct arena *arena,
                                                        struct diags *diags);

// The column of that name, or NULL.
const struct row_column *row_find(const struct row *row, struct str name);

#endif
