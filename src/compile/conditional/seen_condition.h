// What was seen of an item, as a condition: that it still is so. Terms are joined by AND
// as long as the service's limits have room for them (B101, B102).
//
// Lists and maps are compared by their members, type and size: a mistake of the last
// member costs as much as one of the first, and emulators' `=` never holds for them.
// Where that is too much for the room that is left, the whole is compared by `=`, or,
// `loose`, by type and size alone.
#ifndef DDB_COMPILE_SEEN_CONDITION_H
#define DDB_COMPILE_SEEN_CONDITION_H

#include "buf.h"
#include "placeholders.h"
#include "str.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Of the service's 300 operators; how it counts functions and ANDs is not documented.
#define SEEN_OPERATORS_MAX 200u
// Of its 4,096 bytes.
#define SEEN_TEXT_MAX ((size_t)4000)
// Steps of a path into lists and maps, of the service's 32.
#define SEEN_PATH_MAX 16u

struct seen_condition {
    struct placeholders *holders;
    bool loose;
    size_t expected;    // terms that are still to come, for which room is left
    unsigned operators; // so far
    bool partial;       // something was left out, or is compared loosely
    struct buf text;
};

// `expected`: so many calls of seen_condition_add follow.
void seen_condition_init(struct seen_condition *condition, struct placeholders *holders,
                         bool loose, size_t expected);
void seen_condition_deinit(struct seen_condition *condition);

// The item is there, or is not: by its hash key's name.
void seen_condition_exists(struct seen_condition *condition, struct str hash,
                           bool exists);
// The attribute has the value; NULL: there is none of that name.
void seen_condition_add(struct seen_condition *condition, struct str name,
                        const struct value *value);

#endif
