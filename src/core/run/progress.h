// How far a run is, on a terminal: how many items of how many, and how fast.
#ifndef DDB_CORE_PROGRESS_H
#define DDB_CORE_PROGRESS_H

#include "run.h"

#include <stdint.h>

struct progress {
    struct ddb *ddb;
    const char *done; // "put"
    uint64_t wanted;
    bool about; // wanted is an estimate: what turns out to be more replaces it
    uint64_t began_ms;
    uint64_t shown_at_ms;
};

struct progress progress_begin(struct ddb *ddb, const char *done, uint64_t wanted);
// Shows it, over what was shown before; nothing where nobody looks.
void progress_show(const struct progress *progress, uint64_t count);
// The same, a few times a second at most: for what is counted one by one.
void progress_note(struct progress *progress, uint64_t count);
// Takes what was shown away: other lines may follow.
void progress_end(const struct ddb *ddb);

#endif
