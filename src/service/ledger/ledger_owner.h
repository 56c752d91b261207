// Who holds a ledger, in words for others: no secret, and nothing that a terminal would
// take for a command.
#ifndef DDB_SERVICE_LEDGER_OWNER_H
#define DDB_SERVICE_LEDGER_OWNER_H

#include "arena.h"
#include "str.h"

// "user@host, process 123".
struct str ledger_owner(struct arena *arena);
// The time as it is shown: "2026-12-01T05:00:00Z".
struct str ledger_time(struct arena *arena);

#endif
