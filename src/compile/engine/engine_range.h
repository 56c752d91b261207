// Which entries of a view a request reads, and in which direction.
#ifndef DDB_COMPILE_ENGINE_RANGE_H
#define DDB_COMPILE_ENGINE_RANGE_H

#include "arena.h"
#include "engine.h"
#include "view.h"

#include <stdbool.h>
#include <stddef.h>

struct engine_range {
    const struct view *view;
    size_t from; // entries [from, to)
    size_t to;
    bool forward;
};

// Fills in the entries of a Query or a Scan, from its start key on. False: that is none,
// and *why says so.
__attribute__((warn_unused_result)) bool engine_range_find(struct engine_range *range,
                                                           const struct engine_ask *ask,
                                                           struct arena *arena,
                                                           const char **why);
// The one entry of a whole key of the table, or none.
void engine_range_of_key(struct engine_range *range, const struct bound_query *bound,
                         size_t key, struct arena *arena);

// Of an item's attributes those that a start key has: the keys of the table, then of the
// index.
const struct value_entry *engine_range_start_key(size_t *out_count,
                                                 const struct view *view,
                                                 const struct value_entry *entries,
                                                 size_t count, struct arena *arena);

#endif
