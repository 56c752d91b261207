// Tags: which type a node says that it has.
#ifndef DDB_YAML_NODE_TAG_H
#define DDB_YAML_NODE_TAG_H

#include "diag.h"
#include "node.h"
#include "str.h"

#include <stdbool.h>

// Sets the node's tag to what `tag` stands for, as libyaml gives it. False: to nothing
// (diagnosed).
__attribute__((warn_unused_result)) bool
node_tag_read(struct node *node, struct str tag, struct diags *diags);

#endif
