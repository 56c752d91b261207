// The last pass: the items of a unit, in batches or as values.
#ifndef DDB_COMPILE_EMIT_H
#define DDB_COMPILE_EMIT_H

#include "batch.h"
#include "compilation.h"
#include "item.h"

#include <stdbool.h>

// Last pass: the unit's items in output order, in batches of up to BATCH_MAX_ITEMS, the
// last one perhaps smaller. False: the sink said no, or a fixture changed (diagnosed).
__attribute__((warn_unused_result)) bool emit_unit(struct compilation *compilation,
                                                   struct unit *unit,
                                                   const struct batch_sink *sink);

// Where values go. The item is valid during the call. False stops the emission.
struct item_sink {
    bool (*take)(void *context, const struct item *item,
                 const struct item_identity *identity);
    void *context;
};

// The same items in the same order, none of them written: for who only looks at them.
__attribute__((warn_unused_result)) bool emit_values(struct compilation *compilation,
                                                     struct unit *unit,
                                                     const struct item_sink *sink);

#endif
