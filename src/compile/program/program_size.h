// How large a program's items are, by the service's formula.
#ifndef DDB_COMPILE_PROGRAM_SIZE_H
#define DDB_COMPILE_PROGRAM_SIZE_H

#include "buf.h"
#include "eval.h"
#include "program.h"

#include <stdbool.h>
#include <stddef.h>

// The size of one item by the service's formula; with `bound`, an upper bound for all
// items whose texts are no longer and whose numbers are any. Uses scratch.
enum eval_result program_size(size_t *size, const struct program *program,
                              const struct eval_context *context, bool bound,
                              struct buf *scratch, const struct expr **failed);

// The same of the item's entries in local indexes together.
enum eval_result program_local_size(size_t *size, const struct program *program,
                                    const struct eval_context *context, bool bound,
                                    struct buf *scratch, const struct expr **failed);

#endif
