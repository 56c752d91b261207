// A table that others made, and whose settings are theirs: `table: external`.
#ifndef DDB_MODEL_EXTERNAL_H
#define DDB_MODEL_EXTERNAL_H

#include "diag.h"
#include "node.h"

#include <stdbool.h>

// The definition of one may say what is needed of the table: its key, its attributes'
// types, and indexes with their keys and projections. Whatever else is set of a table or
// an index in it is diagnosed, each at its key. True: nothing is.
bool external_check(const struct node *root, struct diags *diags);

#endif
