// A table definition: schemas/*.yaml as typed input.
#ifndef DDB_MODEL_DEFINITION_H
#define DDB_MODEL_DEFINITION_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "handles_config.h"
#include "shape.h"
#include "source.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

struct fixture_pattern {
    struct str text; // a path or a glob, relative to the definition
    struct span span;
};

struct definition {
    const struct source *source;
    const struct node *root;
    struct table table;
    struct handles_config handles;
    bool handles_broken; // where handles are looked up could not be read
    bool has_handles;
    struct entity *entities;
    size_t entity_count;
    bool has_entities; // declares some, be they wrong
    struct pattern *patterns;
    size_t pattern_count;
    struct fixture_pattern *fixtures;
    size_t fixture_count;
    struct span fixtures_span;     // of the key; without a source when there is none
    struct fixture_pattern *tests; // files of examples
    size_t test_count;
};

extern const struct shape DEFINITION_SHAPE;

// True when a YAML document is a table definition: a mapping with `table_name`, or with
// any key that only a definition has.
bool definition_is(const struct node *root);

// Reads a definition and verifies the table (docs/language.md; rules A001 to A029, A060
// to A063, A080 to A083, A100 to A107, A120 to A124). False: diagnosed. What could be
// read is in *out even then; entities and patterns that failed are marked broken.
__attribute__((warn_unused_result)) bool
definition_read(struct definition *out, const struct node *root,
                const struct source *source, struct arena *arena, struct diags *diags);

// A list of paths, as `fixtures` is one; `what` is its key, `one` what each is. What is wrong is diagnosed.
void definition_read_paths(struct fixture_pattern **out, size_t *count,
                           const struct node *node, const char *what, const char *one,
                           struct arena *arena, struct diags *diags);

#endif
