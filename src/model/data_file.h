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
#include "source.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// A value of a row under its name.
struct row_column {
    struct str name;
    struct span name_span;
    struct value *value; // never a template
};

struct row {
    struct span span;
    struct row_column *columns; // count of them, in file order, names distinct
    size_t count;
};

// The rows under one name.
struct row_group {
    struct str name;
    struct span span;    // of the name
    struct row **blocks; // rows in file order: row_at
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
    size_t group_cap;
    struct plain_item **blocks; // items in file order: item_at
    size_t item_count;
    bool broken;            // an element of a list was refused
    struct span items_span; // of the list; without a source when there is none
    struct str table;       // the items' table; empty: not said
    struct span table_span;
};

extern const struct shape DATA_FILE_SHAPE;

// True when a YAML document is a fixture of rows and items: a mapping with `rows` or
// `items`.
bool data_file_is(const struct node *root);

// Reads a YAML document whose rows and items go into *out (zeroed) at once, one after
// the other, so that there is never a tree of all of them. What else the document is,
// the caller sees from the root that is returned. NULL: diagnosed.
const struct node *data_file_yaml(struct data_file *out, const struct source *source,
                                  struct arena *arena, struct diags *diags);

// Reads the rest of a fixture. False: diagnosed; *out then holds what could be read.
__attribute__((warn_unused_result)) bool
data_file_read(struct data_file *out, const struct node *root, struct diags *diags);

// The i-th of a group's rows, or of the items. They lie in blocks, each twice as large
// as the one before, and never move.
struct row *row_at(const struct row_group *group, size_t i);
struct plain_item *item_at(const struct data_file *data, size_t i);
// A new row at the end of a group, zeroed.
struct row *row_add(struct row_group *group, struct arena *arena);

// The column of that name, or NULL.
const struct row_column *row_find(const struct row *row, struct str name);

#endif
