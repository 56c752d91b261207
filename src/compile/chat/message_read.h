// Items that entities made for messages, read again as messages: their templates run
// backwards say which attribute holds whose words, and of when.
#ifndef DDB_COMPILE_MESSAGE_READ_H
#define DDB_COMPILE_MESSAGE_READ_H

#include "compilation.h"
#include "instant.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

struct read_message {
    struct str sender; // empty: the item does not tell
    struct str text;
    bool timed;
    instant_us time; // counts only with timed
};

struct message_reader;

// NULL: none of the unit's entities makes items for messages with their text.
struct message_reader *message_reader_new(const struct unit *unit);
void message_reader_free(struct message_reader *reader); // NULL is fine

// False: the item is no message, or its text was not projected. What is in *out lives as
// long as the entries, and until the next call.
__attribute__((warn_unused_result)) bool message_read(struct read_message *out,
                                                      struct message_reader *reader,
                                                      const struct value_entry *entries,
                                                      size_t count);

#endif
