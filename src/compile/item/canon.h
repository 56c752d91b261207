// One text for all spellings of a value: how items are compared. Numbers are canonical
// already; sets and maps have no order, lists have.
#ifndef DDB_COMPILE_CANON_H
#define DDB_COMPILE_CANON_H

#include "arena.h"
#include "buf.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Appends the value's canonical text: two values are equal exactly when their texts
// are. No templates.
void canon_put_value(struct buf *out, const struct value *value, struct arena *scratch);
// The same for a whole item.
void canon_put_item(struct buf *out, const struct value_entry *entries, size_t count,
                    struct arena *scratch);
bool canon_equal(const struct value *a, const struct value *b, struct arena *scratch);

// Appends the canonical text of an item's key: hash, then range. False: the item lacks
// a key attribute of the table, or has one of another type.
__attribute__((warn_unused_result)) bool
canon_put_key(struct buf *out, const struct table *table,
              const struct value_entry *entries, size_t count);

#endif
