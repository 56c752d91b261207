// Attribute values: DynamoDB's ten types, and in an entity also templates.
#ifndef DDB_MODEL_VALUE_H
#define DDB_MODEL_VALUE_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Containers around a scalar, the attribute itself being level 1 (rule B012).
#define VALUE_MAX_DEPTH 32
// The whole item, names included (rule B070).
#define ITEM_MAX_BYTES ((size_t)409600)

enum value_type {
    VALUE_S,
    VALUE_N,
    VALUE_B,
    VALUE_BOOL,
    VALUE_NULL,
    VALUE_SS,
    VALUE_NS,
    VALUE_BS,
    VALUE_L,
    VALUE_M,
    VALUE_TEMPLATE, // of an entity: its type is known when it is compiled
};

// A binary from a file: its path and where that stands.
struct value_path {
    struct str text;
    struct span span;
};

struct value {
    struct span span;
    union { // by type; of sets and collections text is empty
        // S: UTF-8; N: canonical; B: decoded bytes; TEMPLATE: as written.
        struct str text;
        struct str *members;         // SS, NS, BS: as in text, in file order
        struct value **items;        // L
        struct value_entry *entries; // M: in file order, names distinct
    };
    const struct value_path *file; // B from a file, until text holds it; or NULL
    uint32_t count;                // of members, items or entries
    uint8_t type;                  // enum value_type
    bool boolean;                  // BOOL
    bool as_text : 1;              // TEMPLATE: under !S
    bool is_handle : 1;            // S of a row: a handle, under !handle
    uint8_t verbatim; // TEMPLATE: text stands byte for byte in span, behind so many - 1
                      // quotes; 0: it does not
};

struct value_entry {
    struct str name;
    struct span name_span;
    struct value *value;
};

// What value_read takes, and the name of an attribute (1 to 65,535 bytes).
extern const struct shape VALUE_SHAPE;
extern const struct shape VALUE_NAME_SHAPE;

// "S", "N", ... as on the wire; "template" for VALUE_TEMPLATE.
const char *value_type_name(enum value_type type);

// A node as a value, typed by docs/language.md. With `templates`, a string that holds
// "${" becomes VALUE_TEMPLATE, untagged or under !S (then it gives S whatever it
// names); under other tags and in sets it is refused. NULL when it was refused
// (diagnosed): bad numbers, base64, sets with duplicates or without members, depth.
// Values from files hold nothing yet (value_file.h).
struct value *value_read(const struct node *node, bool templates, struct arena *arena,
                         struct diags *diags);

// The attributes of an item or an entity: a mapping's entries in file order, each value
// read as above (NULL when it was refused). False: diagnosed. The mapping itself was
// checked by the caller.
__attribute__((warn_unused_result)) bool
value_read_attributes(struct value_entry **entries, size_t *count,
                      const struct node *mapping, bool templates, struct arena *arena,
                      struct diags *diags);

// Where a template's text stands, if it does so byte for byte; else without a source.
struct span value_text_span(const struct value *value);

// The service's size of a value, without its name (rules B072 to B081). No templates.
size_t value_size(const struct value *value);

// The levels of a value: 1, and one more for each list or map around the deepest
// (B012).
unsigned value_depth(const struct value *value);

// Appends the value on the wire: {"S":"..."}. No templates.
void value_write(struct buf *out, const struct value *value);

#endif
