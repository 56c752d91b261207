// The last pass: the items of a unit, in batches.
#ifndef DDB_COMPILE_EMIT_H
#define DDB_COMPILE_EMIT_H

#include "batch.h"
#include "compilation.h"

#include <stdbool.h>

// Last pass: the unit's items in output order, in batches of up to BATCH_MAX_ITEMS, the
// last one perhaps smaller. False: the sink said no, or a fixture changed (diagnosed).
__attribute__((warn_unused_result)) bool emit_unit(struct compilation *compilation,
                                                   struct unit *unit,
                                                   const struct batch_sink *sink);

#endif
