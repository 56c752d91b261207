// How a key begins: what many keys that are made in the same way have in common.
#ifndef DDB_COMPILE_KEY_BEGINNING_H
#define DDB_COMPILE_KEY_BEGINNING_H

#include "str.h"
#include "value.h"

#include <stdbool.h>

// What is shown of one, in bytes of text; a longer one counts as going on.
#define KEY_BEGINNING_MAX 64

enum key_beginning_kind {
    KEY_BEGINS_WITH, // text, and something behind it
    KEY_IS,          // text, all of it
    KEY_IS_ID,       // it begins with a digit or a uuid
    KEY_IS_NUMBER,
    KEY_IS_BINARY,
};

struct key_beginning {
    enum key_beginning_kind kind;
    struct str text; // a slice of the key; of the last three empty
};

// Of a key attribute's value: up to and with its first '#', '|', ':', '/' or '_', or up
// to where a digit or a uuid begins; a text that has neither is its own beginning.
struct key_beginning key_beginning_of(const struct value *value);

#endif
