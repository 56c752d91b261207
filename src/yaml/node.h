// A YAML document as a tree in which every node knows its place. Nothing of libyaml
// shows.
#ifndef DDB_YAML_NODE_H
#define DDB_YAML_NODE_H

#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum node_kind {
    NODE_SCALAR,
    NODE_SEQUENCE,
    NODE_MAPPING,
};

enum node_type { // what a scalar is by docs/language.md's typing
    NODE_S,
    NODE_N,
    NODE_BOOL,
    NODE_NULL,
};

enum node_tag {
    NODE_TAG_NONE,
    NODE_TAG_S,
    NODE_TAG_N,
    NODE_TAG_B,
    NODE_TAG_SS,
    NODE_TAG_NS,
    NODE_TAG_BS,
    NODE_TAG_HANDLE,
};

struct node {
    struct span span;    // a scalar's own text; a collection's first byte or first key
    union {              // by kind; of a collection text is empty
        struct str text; // the value, quotes and escapes resolved, well-formed UTF-8
        const struct node *const *items; // NODE_SEQUENCE: count of them
        const struct node_pair *pairs;   // NODE_MAPPING: in file order, distinct keys
    };
    uint32_t count; // of items or pairs
    uint8_t kind;   // enum node_kind
    uint8_t tag;    // enum node_tag
    bool plain;     // NODE_SCALAR: written without quotes and not as a block
    bool poisoned;  // refused already (an alias, a bad tag): to be passed over silently
};

struct node_pair {
    const struct node *key;
    const struct node *value;
};

// The type of a scalar: a quoted one and a tag !S is S; a plain one by its look. A
// plain scalar in JSON's number grammar is N, `true` and `false` are BOOL, `null`, `~`
// and the empty one NULL, everything else S.
enum node_type node_type(const struct node *scalar);

// Why a plain scalar that is S here would be something else in other YAML dialects
// (0x10, 012, 1_000, True, yes, .inf ...): a static text such as "a boolean in
// YAML 1.1"; NULL when nothing is unclear about it.
const char *node_ambiguity(const struct node *scalar);

// The value of a key of a mapping, or NULL.
const struct node *node_find(const struct node *mapping, const char *key);

// "a mapping", "a list", "a string", "a number", "true or false", "nothing": for
// messages.
const char *node_describe(const struct node *node);

#endif
