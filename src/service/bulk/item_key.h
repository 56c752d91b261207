// The key of an item in DynamoDB JSON, as a text that is equal where keys are (C018:
// the service may spell numbers in another way).
#ifndef DDB_SERVICE_ITEM_KEY_H
#define DDB_SERVICE_ITEM_KEY_H

#include "arena.h"
#include "json_read.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>

// Of the item {"pk":{"S":"..."},...} whose object begins with the next token; *out
// lives in scratch, or is a slice of what is read. False when it has no complete key of
// the defined types.
__attribute__((warn_unused_result)) bool item_key_read(struct str *out,
                                                       struct json_reader *reader,
                                                       const struct table *table,
                                                       struct arena *scratch);

#endif
