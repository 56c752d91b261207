// Where nodes end: for who writes into a file what stands there.
#ifndef DDB_YAML_YAML_EXTENT_H
#define DDB_YAML_YAML_EXTENT_H

#include "arena.h"
#include "map.h"
#include "node.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>

// Bytes of a source's text.
struct yaml_extent {
    size_t from;
    size_t to;     // behind the last one
    size_t column; // of `from`, in bytes
    bool flow;     // a collection in brackets or braces
};

struct yaml_extents {
    struct map by_node; // a node's address to its extent
};

// Of all nodes of a document, which was read without a mistake from the source's whole
// text; all is in arena. False: the text is not what the nodes were read from.
__attribute__((warn_unused_result)) bool yaml_extents_read(struct yaml_extents *out,
                                                           const struct source *source,
                                                           const struct node *root,
                                                           struct arena *arena);

// Of a node of that document.
const struct yaml_extent *yaml_extent_of(const struct yaml_extents *extents,
                                         const struct node *node);

#endif
