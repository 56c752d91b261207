// Values from files.
#ifndef DDB_CORE_BINARIES_H
#define DDB_CORE_BINARIES_H

#include "run.h"

#include <stdbool.h>

// Reads the files that values name. False: diagnosed; what was to hold one of them is
// taken out: the attribute (its entity is broken then), the row or the item.
bool binaries_load_definition(struct ddb *ddb, struct definition *definition);
bool binaries_load_data(struct ddb *ddb, struct data_file *data);

#endif
