// Entities and access patterns as they stand in a definition: the templates in them are
// still text. The compile layer gives them meaning.
#ifndef DDB_MODEL_ENTITY_H
#define DDB_MODEL_ENTITY_H

#include "arena.h"
#include "diag.h"
#include "example.h"
#include "node.h"
#include "shape.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum for_each {
    FOR_EACH_CONVERSATION,
    FOR_EACH_PARTICIPANT,
    FOR_EACH_MESSAGE,
    FOR_EACH_ROW, // of the rows that the entity names
};

// An attribute's or an entity's name, and where it stands.
struct named {
    struct str name;
    struct span span;
};

struct entity {
    struct str name;
    struct span span; // of the name
    enum for_each for_each;
    struct span for_each_span;      // without a source: it was refused or is missing
    struct str rows;                // FOR_EACH_ROW: their name
    struct span when_span;          // where `when` stands, if the entity has one
    struct str when;                // or empty
    struct value_entry *attributes; // count of them, in file order
    size_t count;
    struct span attributes_span;
    struct named
        *on_create; // on_create_count of them: given once, the application's then
    size_t on_create_count;
    bool keeps_others; // what a live item has that the entity does not name stays
    struct named was;  // the entity's name before; or empty
    bool broken;       // something of it was refused: values may be missing (NULL)
};

enum parameter_type {
    PARAMETER_HANDLE,
    PARAMETER_STRING,
    PARAMETER_UUID,
    PARAMETER_NUMBER,
    PARAMETER_BINARY,  // given as base64
    PARAMETER_BOOLEAN, // true or false
};

// A value that a parameter has when none is given.
struct parameter_default {
    struct str text;
    struct span span;
};

struct parameter {
    struct str name;
    struct span span;
    enum parameter_type type;
    bool list;                          // any number of values of the type
    bool optional;                      // it has a default
    struct parameter_default *defaults; // default_count of them: one, but of a list
    size_t default_count;
};

enum range_operator {
    RANGE_NONE,
    RANGE_EQ,
    RANGE_LT,
    RANGE_LE,
    RANGE_GT,
    RANGE_GE,
    RANGE_BEGINS_WITH,
    RANGE_BETWEEN,
};

// A condition on one key attribute.
struct key_condition {
    struct str attribute;
    struct span span;
    enum range_operator op;    // RANGE_EQ for a plain value
    struct value *operands[2]; // one, or two for BETWEEN
};

enum pattern_operation {
    PATTERN_QUERY,
    PATTERN_GET,
    PATTERN_SCAN,
    PATTERN_BATCH_GET, // one item for each value of a list
};

// An expression as it stands in a definition.
struct written {
    struct str text;
    struct span span;      // without a source: it is not there
    struct span text_span; // where the text stands byte for byte; else without a source
};

struct pattern {
    struct str name;
    struct span span;
    enum pattern_operation operation;
    struct str index; // or empty: the table itself
    struct span index_span;
    struct parameter *parameters;
    size_t parameter_count;
    struct key_condition *conditions;
    size_t condition_count;
    struct span key_span;
    struct written filter;
    struct written *projection; // projection_count of them; none: everything
    size_t projection_count;
    bool scan_index_forward; // true unless said otherwise
    bool consistent_read;
    struct span consistent_read_span;
    bool counts;              // select: count
    int64_t segments;         // of a scan, at least 1
    int64_t limit;            // 0: all
    bool index_broken;        // it names an index, which could not be read
    bool parameters_broken;   // it has others, which could not be read
    struct example *examples; // example_count of them
    size_t example_count;
    bool broken; // something of it was refused: operands may be missing (NULL)
};

// Whether an attribute is one of `on_create`.
bool entity_is_on_create(const struct entity *entity, struct str name);

// One entry of `entities`, and one of `access_patterns`.
extern const struct shape ENTITY_SHAPE;
extern const struct shape PATTERN_SHAPE;

// Reads one entry of `entities` or `access_patterns`. What is wrong is diagnosed; the
// entry is broken then, and holds what could be read.
void entity_read(struct entity *out, const struct node_pair *pair, struct arena *arena,
                 struct diags *diags);
void pattern_read(struct pattern *out, const struct node_pair *pair,
                  struct arena *arena, struct diags *diags);

#endif
