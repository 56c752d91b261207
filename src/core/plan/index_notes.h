// Notes about indexes that come to a table that is there: they are built from what it
// holds.
#ifndef DDB_CORE_INDEX_NOTES_H
#define DDB_CORE_INDEX_NOTES_H

#include "plan.h"

#include <stdbool.h>

// Whether a change makes this declared index, or makes it again.
bool index_notes_is_built(const struct plan_table *table,
                          const struct secondary_index *index);

// Before the table's items are read; then each of them; then what there is to say of
// them all goes to the table's notes. Where nothing was read, that is said. `all`:
// there are no others, they are those of an earlier build.
void index_notes_begin(struct plan_table *table, struct ddb *ddb);
void index_notes_take(struct plan_table *table, struct str json, struct ddb *ddb);
void index_notes_end(struct plan_table *table, struct ddb *ddb, bool all);

#endif
