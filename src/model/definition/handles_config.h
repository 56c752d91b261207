// The section `handles`: where handles are looked up. A definition and a target of
// ddbgen.yaml have the same one.
#ifndef DDB_MODEL_HANDLES_CONFIG_H
#define DDB_MODEL_HANDLES_CONFIG_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "shape.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

// All empty: nothing said.
struct handles_config {
    struct str file; // as it is written: relative to the file that names it; or empty
    struct span file_span;
    bool postgres;
    struct str url; // of handles.postgres: as written, may be "${env.NAME}"; or empty
    struct span url_span; // the whole file when the url may hold a password: an excerpt
                          // of its line would show it
    struct str query;     // or empty: the default query
    struct span query_span;
    struct str *columns; // declared columns, "handle" among them, or NULL
    size_t column_count;
};

extern const struct shape HANDLES_SHAPE;

// Reads the section. `postgres:` without a value is libpq's own variables. The texts
// are NUL-terminated and live in arena. False: diagnosed; what could be read is read.
__attribute__((warn_unused_result)) bool handles_config_read(struct handles_config *out,
                                                             const struct node *node,
                                                             struct arena *arena,
                                                             struct diags *diags);

#endif
