// The second pass over rows and items.
#ifndef DDB_COMPILE_VERIFY_DATA_H
#define DDB_COMPILE_VERIFY_DATA_H

#include "compilation.h"
#include "distinct.h"

// Every item that the unit has of rows and as they were written: what its templates
// read, its keys' presence, types and sizes (B050 to B059), its own size (B070), its
// key among all others of the table. Adds to the unit's item_count.
void verify_data(struct compilation *compilation, struct unit *unit,
                 struct distinct *distinct);

#endif
