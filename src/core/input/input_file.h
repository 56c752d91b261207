// What kind of file a path is of, and the document of one in YAML.
#ifndef DDB_CORE_INPUT_FILE_H
#define DDB_CORE_INPUT_FILE_H

#include "run.h"

#include <stdbool.h>

enum input_kind {
    INPUT_YAML, // a definition, or rows and items
    INPUT_TRANSCRIPT,
    INPUT_UNKNOWN,
};
// What a path's ending says; "-" is a transcript on standard input.
enum input_kind input_kind_of(struct str path);
// Whether it is that of YAML: JSON is, too.
bool input_is_yaml(struct str path);

// The document of a file that was read. NULL: diagnosed, at `wanted` where it is not
// about a place of the file; lines of JSON are called by their name.
const struct node *input_file_read(struct ddb *ddb, const struct source *source,
                                   struct span wanted, struct data_file *data);

#endif
