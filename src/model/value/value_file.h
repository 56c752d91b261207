// Binary values from files: `!B { file: avatar.png }`.
//
// A value only keeps the path, relative to the file that names it: finding and reading
// what it names is the business of who read the definition or the fixture.
#ifndef DDB_MODEL_VALUE_FILE_H
#define DDB_MODEL_VALUE_FILE_H

#include "arena.h"
#include "diag.h"
#include "node.h"
#include "value.h"

#include <stdbool.h>

// The mapping behind !B. False: diagnosed. Sets type and file.
__attribute__((warn_unused_result)) bool value_file_read(struct value *out,
                                                         const struct node *node,
                                                         struct arena *arena,
                                                         struct diags *diags);

// Calls load for every value from a file in `value`, which may be NULL. False when one
// of the calls gave false; all are made.
__attribute__((warn_unused_result)) bool
value_file_each(struct value *value, bool (*load)(void *context, struct value *value),
                void *context);

#endif
