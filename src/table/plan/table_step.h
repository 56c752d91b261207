// A call that changes a table, as a step of several.
#ifndef DDB_TABLE_TABLE_STEP_H
#define DDB_TABLE_TABLE_STEP_H

#include "str.h"
#include "table_change.h"

#include <stdbool.h>
#include <stddef.h>

enum table_wait_for {
    TABLE_WAIT_NOTHING,
    TABLE_WAIT_ACTIVE,  // the table and its indexes are ACTIVE (A240, A262)
    TABLE_WAIT_SETTLED, // so is what the call changed beside them (A137)
};

struct table_step {
    const char *operation; // "UpdateTable"
    struct str body;
    enum table_wait_for wait;            // before the next step
    const char *verb;                    // "deleting index", "changing the stream"
    struct str subject;                  // the index's name, or empty
    const struct table_change **changes; // what the call makes
    size_t change_count;                 // at least 1
    bool begins;                         // of changes that take two calls the first one
};

// Whether a step's call did what it was for, by what a later look at the table shows.
bool table_step_is_made(const struct table_step *step, const struct table_diff *now);

#endif
