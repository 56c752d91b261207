// A file of examples, with fixtures of their own:
//
//     fixtures: [ march.txt ]
//     examples:
//       list_messages:
//         - with: { conversation: ..., year: "2023" }
#ifndef DDB_MODEL_TESTS_FILE_H
#define DDB_MODEL_TESTS_FILE_H

#include "arena.h"
#include "definition.h"
#include "diag.h"
#include "example.h"
#include "node.h"
#include "shape.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>

// The examples of one pattern.
struct tests_of {
    struct str pattern;
    struct span span;
    struct example *examples; // count of them
    size_t count;
};

struct tests_file {
    const struct source *source;
    const struct node *root;
    struct fixture_pattern *fixtures; // fixture_count of them, relative to the file
    size_t fixture_count;
    bool has_fixtures;       // else those of the definition are asked
    struct tests_of *groups; // group_count of them
    size_t group_count;
};

extern const struct shape TESTS_FILE_SHAPE;

// Reads a document. False: diagnosed; what could be read is there even then.
__attribute__((warn_unused_result)) bool
tests_file_read(struct tests_file *out, const struct node *root,
                const struct source *source, struct arena *arena, struct diags *diags);

#endif
