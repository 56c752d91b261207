// A folder of request files that takes another's place whole. Used by output.c only.
#ifndef DDB_BUILD_OUTPUT_DIR_H
#define DDB_BUILD_OUTPUT_DIR_H

#include "batch.h"
#include "diag.h"
#include "str.h"

#include <stdbool.h>

struct output_dir;

// As output_dir_new of output.h. Strings live in the diagnostics' arena.
struct output_dir *output_dir_open(const char *dir, bool per_table,
                                   struct diags *diags);

// One request into a file of its own. False: diagnosed.
__attribute__((warn_unused_result)) bool
output_dir_write_request(struct output_dir *dir, struct str table_name,
                         const char *operation, struct str body);
__attribute__((warn_unused_result)) bool
output_dir_write_batch(struct output_dir *dir, const struct batch *batch);

// Puts the folder in its place. False: diagnosed, the former folder is as it was.
__attribute__((warn_unused_result)) bool output_dir_commit(struct output_dir *dir);
// Frees; without a commit before, removes what was written.
void output_dir_close(struct output_dir *dir);

#endif
