// An example of an access pattern: values for its parameters, and what its answer is
// expected to be.
#ifndef DDB_MODEL_EXAMPLE_H
#define DDB_MODEL_EXAMPLE_H

#include "arena.h"
#include "bind.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "str.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A parameter's values, as they are written.
struct example_argument {
    struct str name;
    struct span span;  // of the name
    struct span at;    // of what is given
    struct str *texts; // count of them, each at its span
    struct span *spans;
    size_t count;
    bool listed; // a list is given
};

// Attributes of an item that comes back.
struct expected_item {
    const struct node *node;
    struct value_entry *attributes; // count of them
    size_t count;
};

struct expected_items {
    const struct node *node; // NULL: nothing is said of them
    struct expected_item *items;
    size_t count;
};

struct expectation {
    const struct node *node; // NULL: nothing is expected
    struct bind_int count;
    struct bind_int scanned_count;
    struct bind_int pages;
    const struct node *units_node; // NULL: nothing is said of them
    uint64_t half_units;
    struct expected_items keys;
    struct expected_items items;
    struct expected_items first; // one, or nothing is said of it
    struct expected_items last;
    bool exactly;
};

struct example {
    struct str name; // as it is said, else "example N"
    struct span span;
    const struct node *node;
    struct example_argument *with; // with_count of them
    size_t with_count;
    bool with_broken; // what it is asked with is not known
    struct expectation expect;
    bool broken; // something of it was refused
};

// `examples` of an access pattern.
extern const struct shape EXAMPLES_SHAPE;

// Reads a list of examples, *count of them. False: diagnosed; what could be read is there
// even then.
__attribute__((warn_unused_result)) bool
examples_read(struct example **out, size_t *count, const struct node *node,
              struct arena *arena, struct diags *diags);

#endif
