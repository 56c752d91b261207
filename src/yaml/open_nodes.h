// Nodes of collections whose end has not come yet, one collection's behind another's.
#ifndef DDB_YAML_OPEN_NODES_H
#define DDB_YAML_OPEN_NODES_H

#include "arena.h"
#include "node.h"

#include <stddef.h>

// {0}: none.
struct open_nodes {
    const struct node **nodes; // count of them
    size_t count;
    size_t cap;
};

void open_nodes_deinit(struct open_nodes *open);
void open_nodes_push(struct open_nodes *open, const struct node *node);
// What was pushed since there were `from`, in an array of its own size in arena.
void *open_nodes_pop(struct open_nodes *open, size_t from, struct arena *arena);

#endif
