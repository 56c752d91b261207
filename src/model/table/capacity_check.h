// The rules about capacity that need the whole table.
#ifndef DDB_MODEL_CAPACITY_CHECK_H
#define DDB_MODEL_CAPACITY_CHECK_H

#include "diag.h"
#include "table.h"

// Billing modes (A082 to A084, A121, A122, A130), floors (A134, A135), quotas (A125)
// and what slows a table down (A088). What was refused is passed over.
void capacity_check(const struct table *table, struct diags *diags);

#endif
