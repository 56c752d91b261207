// Items in DynamoDB JSON, read back: what the service answers, or what was built.
#ifndef DDB_MODEL_VALUE_JSON_H
#define DDB_MODEL_VALUE_JSON_H

#include "arena.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Reads {"pk":{"S":"..."},...} into entries in the order of the text; numbers become
// canonical, binary is decoded, places are empty. Texts are slices of json or live in
// arena. False: it is no item; *why is a static text.
__attribute__((warn_unused_result)) bool
value_json_read_item(struct value_entry **entries, size_t *count, struct str json,
                     struct arena *arena, const char **why);

#endif
