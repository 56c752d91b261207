// Keys that stand twice in a mapping that is being read. Private to yaml_read.c.
#ifndef DDB_YAML_SEEN_KEYS_H
#define DDB_YAML_SEEN_KEYS_H

#include "arena.h"
#include "map.h"
#include "node.h"

#include <stddef.h>

struct seen_keys {
    size_t from;  // where its keys and values begin among the open nodes
    size_t noted; // pairs whose keys are in the map
    struct map map;
    struct arena arena; // of the map
};

// The key of the same text that stood there before, or NULL. open: keys and values in
// turn from seen->from on, open_count nodes in all, key not among them.
const struct node *seen_keys_find(struct seen_keys *seen,
                                  const struct node *const *open, size_t open_count,
                                  const struct node *key);

#endif
