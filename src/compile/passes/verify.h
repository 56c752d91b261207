// The second pass: every item that a unit will have.
#ifndef DDB_COMPILE_VERIFY_H
#define DDB_COMPILE_VERIFY_H

#include "compilation.h"

// Second pass: every item that the unit will have: keys' types, sizes, emptiness,
// distinctness; the items' sizes; what templates read. Counts items.
void verify_unit(struct compilation *compilation, struct unit *unit);

#endif
