// A plan's tables, made.
#ifndef DDB_CORE_MAKE_TABLES_H
#define DDB_CORE_MAKE_TABLES_H

#include "plan.h"

#include <stdbool.h>

// Creates the missing tables, then changes every table, call by call, into what is
// declared, and says on standard output what was made and what was not. False:
// diagnosed, or interrupted; what was made stays.
__attribute__((warn_unused_result)) bool make_tables(struct plan *plan, struct ddb *ddb,
                                                     struct client *client);

#endif
