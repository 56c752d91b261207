// Passwords taken out of text that libpq wrote.
#ifndef DDB_SERVICE_PG_MASK_H
#define DDB_SERVICE_PG_MASK_H

#include "arena.h"
#include "str.h"

// text with every occurrence of a secret replaced by "***", in arena: as it is, and
// percent-encoded in whole or in part (as it may stand in a connection url). An empty
// secret changes nothing.
struct str pg_mask(struct str text, struct str secret, struct arena *arena);

#endif
