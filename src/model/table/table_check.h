// The rules about names, keys, indexes and capacity that need the whole table.
#ifndef DDB_MODEL_TABLE_CHECK_H
#define DDB_MODEL_TABLE_CHECK_H

#include "diag.h"
#include "shape.h"
#include "table.h"

#include <stdbool.h>

#define LOCAL_INDEX_MAX 5     // A060
#define GLOBAL_INDEX_QUOTA 20 // A080
#define INDEX_MAX 1000        // of a table: whatever its quota, it is no table past it

// What the next two functions accept.
extern const struct shape TABLE_NAME_SHAPE;
extern const struct shape ATTRIBUTE_NAME_SHAPE;

// Table and index names: 3 to 255 of a-z A-Z 0-9 _ . - (A001, A002, A005).
bool table_check_name(struct str name, struct span span, const char *what,
                      struct diags *diags);
// Key attribute names: 1 to 255 bytes (A008, A009, A011).
bool table_check_attribute_name(struct str name, struct span span, struct diags *diags);

// Everything that binding could not see: uses of attribute definitions, index names and
// counts, local indexes' keys, capacity. The table's own parts were read without
// errors.
bool table_check(const struct table *table, struct diags *diags);

#endif
