// What an earlier build declared and a definition does not say any more.
#ifndef DDB_TABLE_UNDECLARED_H
#define DDB_TABLE_UNDECLARED_H

#include "table.h"
#include "table_change.h"

// Adds a note to a diff of the same two tables for each setting that `earlier` has and
// `declared` leaves out: one for each tag, unit and index's setting. They are left as
// they are (table_diff.h).
void undeclared_note(struct table_diff *diff, const struct table *declared,
                     const struct table *earlier);

#endif
