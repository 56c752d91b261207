// A stack of nodes. In: children, as they are read. Out: those of a collection, together,
// when it ends.
#include "open_nodes.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

void open_nodes_deinit(struct open_nodes *open)
{
    free(open->nodes);
    *open = (struct open_nodes){0};
}

void open_nodes_push(struct open_nodes *open, const struct node *node)
{
    if (open->count == open->cap) {
        size_t cap = open->cap == 0 ? 64 : open->cap * 2;
        const struct node **nodes = realloc(open->nodes, cap * sizeof(struct node *));
        if (nodes == NULL) {
            die("out of memory for %zu nodes", cap);
        }
        open->nodes = nodes;
        open->cap = cap;
    }
    open->nodes[open->count++] = node;
}

void *open_nodes_pop(struct open_nodes *open, size_t from, struct arena *arena)
{
    size_t count = open->count - from;
    const struct node **nodes = arena_array(arena, count, sizeof(const struct node *));
    if (count > 0) {
        memcpy(nodes, open->nodes + from, count * sizeof(struct node *));
    }
    open->count = from;
    return nodes;
}
