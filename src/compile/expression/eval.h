// Expressions to text, in the context of one item.
#ifndef DDB_COMPILE_EVAL_H
#define DDB_COMPILE_EVAL_H

#include "buf.h"
#include "data_file.h"
#include "header.h"
#include "instant.h"
#include "template.h"
#include "users.h"
#include "uuid.h"

#include <stdbool.h>
#include <stdint.h>

// What templates may know of a message.
struct message_facts {
    uint64_t index; // from 0
    size_t participant;
    instant_us created_at;
    struct str text;
};

// What templates may know of a conversation.
struct conversation_facts {
    const struct header *header;
    instant_us starts_at; // the header's, else the first message's time
    uint64_t message_count;
    struct message_facts first;
    struct message_facts last;
    struct uuid_hasher *hasher; // over the conversation's uuid
};

struct eval_context {
    const struct conversation_facts *conversation;
    // Records of handles. `placeholders`: unknown handles get 36 bytes of their own,
    // for commands that look nothing up.
    const struct users *users;
    bool placeholders;
    size_t self;  // index of the participant that the item is made for
    size_t other; // of exactly two; else the number of participants, which is nobody
    const struct message_facts *message;
    const struct row *row;
    const struct str *arguments; // of a pattern's parameters
};

enum eval_result {
    EVAL_OK,
    EVAL_NULL_COLUMN,    // NULL in the user's record
    EVAL_UNKNOWN_USER,   // diagnosed where the handle stands
    EVAL_UNKNOWN_COLUMN, // diagnosed where the template stands
    EVAL_VAR_MISSING,
    EVAL_NAME_MISSING,
    EVAL_NO_OTHER, // there is not exactly one other participant
    EVAL_PAD_OVERFLOW,
    EVAL_ABSENT,         // an optional variable or column that is not there
    EVAL_COLUMN_MISSING, // a column that the row lacks
    EVAL_NOT_TEXT,       // a row's value that cannot stand in text: a list, a set, ...
    EVAL_NOT_TIME,       // a value that a filter takes for a time and that is none
    EVAL_NOT_COMPARABLE, // of a condition: a value of another type than the literal
};

// Appends the expression's value as unescaped text. *type is the value's type: that of
// the expression, or for a variable or a row's column its own (VALUE_S, VALUE_N or
// VALUE_BOOL).
enum eval_result expr_eval(struct buf *out, enum value_type *type,
                           const struct expr *expr, const struct eval_context *context);

// The value of a row that an unfiltered FIELD_ROW expression names, or NULL where it
// names a handle's user, or nothing.
struct value *row_value(const struct expr *expr, const struct row *row);

// True when something optional in it is not there: what reads the template is left out.
bool template_is_absent(const struct template *template,
                        const struct eval_context *context);

// Appends a whole template as text. *failed is the expression that was not EVAL_OK.
enum eval_result template_eval(struct buf *out, const struct template *template,
                               const struct eval_context *context,
                               const struct expr **failed);

#endif
