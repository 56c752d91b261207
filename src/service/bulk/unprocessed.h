// Which items of a batch a BatchWriteItem answer left unprocessed (rules C015, C018).
#ifndef DDB_SERVICE_UNPROCESSED_H
#define DDB_SERVICE_UNPROCESSED_H

#include "arena.h"
#include "batch.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

// body is the whole answer; `sent` are the bits that the call carried. Items are
// recognised by their key, numbers by value. On true *left is a subset of sent. False
// when the answer is malformed or names anything that was not sent: *why is a static
// text.
__attribute__((warn_unused_result)) bool
unprocessed_read(uint32_t *left, struct str body, const struct batch *batch,
                 uint32_t sent, const struct table *table, struct arena *scratch,
                 const char **why);

#endif
