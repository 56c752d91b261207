// test --update: what examples expect becomes what came, in the files where it stands.
#ifndef DDB_CORE_REWRITE_H
#define DDB_CORE_REWRITE_H

#include "example_judge.h"
#include "run.h"
#include "yaml_extent.h"

#include <stdbool.h>
#include <stddef.h>

struct edit {
    size_t from; // bytes of the file: [from, to)
    size_t to;
    struct str text; // that comes in their place
};

// The edits of one file.
struct rewrite {
    struct ddb *ddb;
    const struct source *source;
    struct yaml_extents extents;
    struct edit *edits; // count of them
    size_t count;
    size_t cap;
};

// root: the file's document, which is in order. False: diagnosed.
__attribute__((warn_unused_result)) bool rewrite_begin(struct rewrite *out,
                                                       struct ddb *ddb,
                                                       const struct source *source,
                                                       const struct node *root);
// What an example expects and did not come, and of one that expects nothing all that is
// worth expecting. The answer has its items. True when it will expect what came: not when
// it expects a first item, and there is none.
bool rewrite_example(struct rewrite *rewrite, const struct example *example,
                     const struct query *query, const struct example_answer *answer,
                     bool good);
// Writes the file, whole or not at all, unless there is nothing to be changed. False:
// diagnosed.
__attribute__((warn_unused_result)) bool rewrite_end(struct rewrite *rewrite);

#endif
