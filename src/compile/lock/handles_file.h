// Handles from a file: a list of records with `handle` among their columns, or a
// mapping from handles to records.
#ifndef DDB_COMPILE_HANDLES_FILE_H
#define DDB_COMPILE_HANDLES_FILE_H

#include "arena.h"
#include "diag.h"
#include "shape.h"
#include "users.h"
#include "yaml_read.h"

#include <stdbool.h>

extern const struct shape HANDLES_FILE_SHAPE;

// Reads all of the file into users (initialised). Values are scalars, taken as text;
// null is NULL. Every record has the columns of the first one. False: diagnosed, or
// stopped; what is right of the file is in users, which tell what may be missing.
__attribute__((warn_unused_result)) bool handles_file_read(struct users *users,
                                                           const struct yaml_file *file,
                                                           struct arena *arena,
                                                           struct diags *diags);

#endif
