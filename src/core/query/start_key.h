// --start-key: where the first page begins.
#ifndef DDB_CORE_START_KEY_H
#define DDB_CORE_START_KEY_H

#include "asking.h"

#include <stdbool.h>

// Fills in where it begins, from DynamoDB JSON or what --page prints; text NULL: at the
// beginning. False: diagnosed.
__attribute__((warn_unused_result)) bool start_key_read(struct asking *asking,
                                                        const char *text);

#endif
