// What a unit has of fixtures of rows and items, in the order of the output: what
// verify and emit share.
#ifndef DDB_COMPILE_DATA_WALK_H
#define DDB_COMPILE_DATA_WALK_H

#include "compilation.h"

#include <stdbool.h>

struct data_visitor {
    // A row and an entity that it feeds, whose `when` is still to be asked. False
    // stops.
    bool (*row)(void *context, const struct fixture *fixture,
                const struct program *program, const struct row *row);
    // An item as it was written. False stops.
    bool (*plain)(void *context, const struct fixture *fixture,
                  const struct plain_item *plain);
    void *context;
    bool broken; // row() is called for entities that are broken, too
};

// All rows, each with every entity that it feeds in the definition's order; then all
// items; both in the order of the fixtures. False: the visitor stopped, or the user did.
bool data_walk(const struct compilation *compilation, const struct unit *unit,
               const struct data_visitor *visitor);

// Has the entities' keys compared that an item as it was written might have too.
void data_prove_keys(struct unit *unit);

#endif
