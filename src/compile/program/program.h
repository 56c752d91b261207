// An entity compiled: a flat list of pieces whose concatenation is an item's JSON.
//
// For a conversation and a sender, everything constant is folded into literal bytes;
// what is left for a message is its text, time, index and uuid. The bulk path copies
// the literals and escapes one string.
#ifndef DDB_COMPILE_PROGRAM_H
#define DDB_COMPILE_PROGRAM_H

#include "arena.h"
#include "condition.h"
#include "diag.h"
#include "entity.h"
#include "table.h"
#include "template.h"

#include <stdbool.h>
#include <stddef.h>

enum piece_kind {
    PIECE_JSON,   // bytes as they are
    PIECE_TEXT,   // an expression inside a JSON string
    PIECE_NUMBER, // a number expression: its digits
    PIECE_VALUE,  // a variable that is a whole value: {"S":"..."} or {"N":"..."}
    PIECE_COMMA,  // between members, unless all before it were left out
    PIECE_MEMBER, // the next pieces are left out where `template` has no value
};

struct piece {
    enum piece_kind kind;
    struct str json;
    const struct expr *expr;
    unsigned locals; // bits: the program's local indexes that hold what it gives

    // PIECE_MEMBER only:
    const struct template *template;
    size_t end;        // of the pieces that belong to the member
    size_t fixed_size; // of the member without the expressions' values
};

// A local index that the entity's items are in, if they have its range key.
struct local_copy {
    const struct secondary_index *index;
    size_t fixed_size; // as that of the program, of an entry in it
};

// A key attribute of the table or of an index, as far as the entity has it.
struct key_role {
    const struct value_entry *attribute;
    const struct template *template; // NULL: a constant
    char type;                       // 'S', 'N' or 'B', of attribute_definitions
    size_t max_bytes;                // KEY_HASH_MAX_BYTES or KEY_RANGE_MAX_BYTES
    const char *what;                // "the hash key", "a key of index", for messages
};

// Attributes that make up one side of an index's key together (A056).
struct key_sum {
    const struct secondary_index *index;
    const struct key_role *roles[KEY_MAX_PARTS];
    size_t count;     // at least 2
    size_t max_bytes; // that each of them takes
};

struct program {
    const struct entity *entity;
    const struct table *table;
    const struct piece *pieces;
    size_t piece_count;
    size_t fixed_size; // of the item without the expressions' values (B070 to B081)
    struct local_copy *locals; // whose entries count as part of the item (A066)
    size_t local_count;
    struct condition when;
    const struct template **templates; // of all values, in the order they stand in
    size_t template_count;
    struct key_role *roles; // the table's hash key, its range key, then index keys
    size_t role_count;
    struct key_sum *sums;
    size_t sum_count;
    bool broken;     // diagnosed: it makes no items
    bool detailed;   // each item has to be checked by itself, not by its upper bound
    bool check_keys; // keys are not proved distinct: compare them
};

// Compiles and verifies an entity. *exprs counts the definition's expressions. False:
// diagnosed.
__attribute__((warn_unused_result)) bool
program_build(struct program *out, const struct entity *entity,
              const struct table *table, size_t *exprs, struct arena *arena,
              struct diags *diags);

// Calls seen(expr) for every expression of an entity, `when` included.
void program_visit(const struct program *program,
                   void (*seen)(void *context, const struct expr *expr), void *context);

// True when what the entity reads of what it is made for can be told, and is read: of a
// broken one too, unless it is its `for_each` or `when` that is wrong.
bool program_reads_known(const struct program *program);

// True when `when` has to be asked for each message, not once for a conversation.
bool program_asks_each(const struct program *program);

#endif
