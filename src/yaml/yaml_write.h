// Strings as YAML: what is written reads back as the very same string, here and in
// other dialects.
#ifndef DDB_YAML_YAML_WRITE_H
#define DDB_YAML_YAML_WRITE_H

#include "buf.h"
#include "str.h"

// Appends s, in double quotes unless nobody would need them around it. What is not
// well-formed UTF-8 is written as it is, and refused when it is read.
void yaml_put_string(struct buf *out, struct str s);

// The same, without quotes around uuids and times too: they begin with digits and are
// no numbers.
void yaml_put_value(struct buf *out, struct str s);

// Appends s as a mapping's key, `key:`, or in the long form, at a line's start
// otherwise of `indent` blanks, that a very long key needs.
void yaml_put_key(struct buf *out, struct str s, unsigned indent);

#endif
