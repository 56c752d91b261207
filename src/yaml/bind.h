// Mappings to structs, by tables of keys: the one place where unknown keys, missing
// ones and wrong types are found. The same tables give the language's JSON Schema, so a
// key's words stand beside its type.
//
//     static const struct bind_key KEYS[] = {
//         {"hash", BIND_STRING, offsetof(struct x, hash), .required = true,
//          .doc = "..."},
//     };
#ifndef DDB_YAML_BIND_H
#define DDB_YAML_BIND_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bind_kind {
    BIND_STRING, // struct bind_string: any scalar that is S, without NUL
    BIND_INT,    // struct bind_int: an integer of the range min..max (5.0 and 1e3 too)
    BIND_BOOL,   // struct bind_bool
    BIND_ENUM,   // struct bind_enum: one of .names, as its index
    BIND_RECORD, // the struct of .record, inline at offset; sets its bind_at
    BIND_NODE,   // const struct node *: bound by the caller, who takes what .shape says
    BIND_REFUSED, // nothing: a key that is known and not taken; .doc is why
};

// Each bound member remembers the node that it came from: NULL when the key was absent,
// or broken: there and refused, or under a name that is near. Then what hangs together
// with it is not known, and nothing is said of it. A BIND_NODE is a poisoned node then.
struct bind_string {
    const struct node *node;
    struct str text;
    bool broken;
};
struct bind_int {
    const struct node *node;
    int64_t value;
    bool broken;
};
struct bind_bool {
    const struct node *node;
    bool value;
    bool broken;
};
struct bind_enum {
    const struct node *node;
    int value;
    bool broken;
};

struct bind_record;

struct bind_key {
    const char *name;
    enum bind_kind kind;
    size_t offset; // of the member in the record's struct
    bool required;
    int64_t min, max;                 // BIND_INT
    const char *const *names;         // BIND_ENUM: NULL-terminated
    const struct bind_record *record; // BIND_RECORD
    const struct shape *shape;        // BIND_NODE; BIND_STRING: which strings, or NULL
    const char *doc;                  // one line for people
};

struct bind_record {
    const char *what; // "the table definition", for messages
    const struct bind_key *keys;
    size_t count;
    size_t bind_at_offset; // of a `const struct node *` member: the record's own node
};

// Warns of a plain scalar that is a string here and something else in other YAML
// dialects; for values that are free text, not for words of a fixed list.
void bind_warn_ambiguous(const struct node *value, struct diags *diags);

// Fills *out (zeroed before) from node. Returns false when something was wrong: every
// mistake is diagnosed, what could be bound is bound.
bool bind_read(void *out, const struct bind_record *record, const struct node *node,
               struct diags *diags);

// False (diagnosed) for a scalar that holds a NUL, as "a\0b" gives: where it is used as
// a path or a url the rest of it would be cut off silently.
__attribute__((warn_unused_result)) bool bind_check_nul(const struct node *node,
                                                        struct diags *diags);
// The same for any control character, tab and line ends included: of what stands within
// one line wherever it is written.
__attribute__((warn_unused_result)) bool bind_check_control(const struct node *node,
                                                            struct diags *diags);

#endif
