// The JSON Schema (draft-07) of a shape, for editors that complete and check YAML.
#ifndef DDB_YAML_SCHEMA_WRITE_H
#define DDB_YAML_SCHEMA_WRITE_H

#include "buf.h"
#include "shape.h"

// Appends the schema of one file, which looks like root: indented JSON, ending with LF.
// Deterministic: keys in the order of their tables, named shapes under "definitions" in
// the order in which they are met.
void schema_write(struct buf *out, const char *title, const struct shape *root);

#endif
