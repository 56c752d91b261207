// Values as YAML that reads back as the same, on one line.
#ifndef DDB_MODEL_VALUE_YAML_H
#define DDB_MODEL_VALUE_YAML_H

#include "buf.h"
#include "value.h"

#include <stddef.h>

// Appends a value: "text", 5, !SS ["a"], { k: v }. No templates.
void value_yaml_put(struct buf *out, const struct value *value);
// Appends { pk: "a", sk: 5 }; {} without any.
void value_yaml_put_item(struct buf *out, const struct value_entry *entries,
                         size_t count);

#endif
