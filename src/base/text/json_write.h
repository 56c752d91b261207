// Writing JSON strings. Everything else of JSON (braces, commas, names that we chose)
// is written literally by those who know the shape.
//
// Well-formed UTF-8 goes through as it is, save for what must be escaped (RFC 8259) and
// what utf8_is_hostile names: both become \uXXXX escapes (surrogate pairs above the
// BMP), so that no reader's terminal is touched; \" \\ \n \r \t \b \f have their short
// forms.
#ifndef DDB_BASE_JSON_WRITE_H
#define DDB_BASE_JSON_WRITE_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>

// s, which must be well-formed UTF-8, escaped, without quotes. This is the bulk path's
// inner loop: the common case is one table look-up a byte and one memcpy a run.
void json_put_escaped(struct buf *buf, struct str s);
// The same between double quotes.
void json_put_string(struct buf *buf, struct str s);

// True for letters, digits, '_' and '-' of ASCII, at least one: what cannot be mistaken
// for anything but a name.
bool json_is_word(struct str s);
// A name for people: as it is when it is a word, else as a string in which what cannot
// be told from a blank, or is not seen at all, is escaped.
void json_put_word(struct buf *buf, struct str s);

// RFC 4648 base64, standard alphabet, padded (rule B010), without quotes.
void json_put_base64(struct buf *buf, struct str bytes);

#endif
