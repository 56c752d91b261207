// What the service takes of an item and is worth a warning all the same. Both ways of
// verifying items, by transcripts and one by one, ask here.
#ifndef DDB_COMPILE_ADVICE_H
#define DDB_COMPILE_ADVICE_H

#include "diag.h"
#include "str.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// The item that is spoken of, and where.
struct advice {
    struct diags *diags;
    struct str entity; // that makes it; empty: it is as it was written
    struct span at;
};

// From here on an item is close to its limit.
#define ITEM_NEAR_BYTES ((size_t)400000)

// A key's text in which a letter is written as two characters, although there is one
// for it (B017). False: it was warned of.
bool advice_spelling(const struct advice *advice, const char *what,
                     struct str attribute, struct str text);

// An item close to its limit (B082).
void advice_size(const struct advice *advice, size_t size);

// `count` attributes on one side of an index's key, of max_bytes each, that have more
// than that together (A056).
void advice_key_sum(const struct advice *advice, const struct secondary_index *index,
                    size_t count, size_t max_bytes, size_t size);

// The attribute by which items expire, where its values are to be looked at: a key that
// is no number is the definition's mistake. Empty: there is none.
struct str advice_expiry(const struct table *table);
// The value of the table's time-to-live attribute: what is no number of seconds, or far
// from any time that is near, never expires (A197, A198).
void advice_time_to_live(const struct advice *advice, struct str attribute,
                         const struct value *value);

#endif
