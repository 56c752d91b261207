// Handles to users.
#ifndef DDB_CORE_LOOKUP_H
#define DDB_CORE_LOOKUP_H

#include "run.h"

#include <stdbool.h>

// How far a command goes for handles.
enum lookup_reach {
    LOOKUP_FILES,    // files only: what would need a server gets placeholders
    LOOKUP_LOCKED,   // files and the lock: what they do not know is a mistake
    LOOKUP_ANYWHERE, // Postgres too
};

// Fills the unit's users from the first source that applies. `wanted` handles are those
// of its fixtures. False: diagnosed; the users that are right are there, and tell who
// may be missing.
bool lookup_users(struct ddb *ddb, struct unit *unit, enum lookup_reach reach);

#endif
