// Names and values of an item's expressions, each behind a placeholder: no name can be a
// reserved word, no value be mistaken for an expression (B100, B108).
#ifndef DDB_COMPILE_PLACEHOLDERS_H
#define DDB_COMPILE_PLACEHOLDERS_H

#include "arena.h"
#include "buf.h"
#include "str.h"
#include "value.h"

#include <stddef.h>

// Zero-initialised but for the arena: none yet. Names and values are borrowed.
struct placeholders {
    struct arena *arena;
    struct str *names; // name_count of them, distinct: #n0, #n1, ...
    size_t name_count;
    size_t name_cap;
    const struct value **values; // value_count of them: :v0, :v1, ...
    size_t value_count;
    size_t value_cap;
};

// Appends the placeholder of a name, or of a value, and declares it.
void placeholder_put_name(struct buf *out, struct placeholders *holders,
                          struct str name);
void placeholder_put_value(struct buf *out, struct placeholders *holders,
                           const struct value *value);

// How many there are: what was declared since is taken back, as long as nothing that
// stays mentions it (B107).
struct placeholder_mark {
    size_t names;
    size_t values;
};
struct placeholder_mark placeholders_mark(const struct placeholders *holders);
void placeholders_take_back(struct placeholders *holders, struct placeholder_mark mark);

// Appends ,"ExpressionAttributeNames":{...},"ExpressionAttributeValues":{...}, each only
// if there are any.
void placeholders_write(struct buf *out, const struct placeholders *holders);

#endif
