// A strict pull reader of JSON (RFC 8259) over text in memory: unlike cJSON it keeps
// \u0000, numbers as written, and says no to malformed UTF-8, lone surrogates, trailing
// commas and anything behind the value. Depth is limited to JSON_MAX_DEPTH.
//
// It reads items, pages, answers of writes and saved plans, and looks at whatever comes
// from outside before anything else does. Where a tree is wanted, of a table's
// description, cJSON makes one of what was read here (members.h).
//
//     json_reader_init(&r, text, &arena);
//     while ((token = json_next(&r)) > JSON_END) { ... json_text(&r) ... }
#ifndef DDB_BASE_JSON_READ_H
#define DDB_BASE_JSON_READ_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define JSON_MAX_DEPTH 128

enum json_token {
    JSON_ERROR = 0, // stays; json_error() says why
    JSON_END,       // the whole text was one value; stays
    JSON_OBJECT_BEGIN,
    JSON_OBJECT_END,
    JSON_ARRAY_BEGIN,
    JSON_ARRAY_END,
    JSON_NAME, // a member's name; its value is the next token
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

struct json_reader {
    struct str text;
    size_t at;          // offset of the next byte to look at
    size_t token_start; // offset of the last token's first byte
    struct arena *arena;
    struct str value; // of the last NAME, STRING or NUMBER
    const char *error;
    unsigned depth;
    unsigned char stack[JSON_MAX_DEPTH]; // '{' or '[' for each open container
    int state;                           // private
};

// text must outlive the reader. Strings without escapes are slices of text; others are
// decoded into arena.
void json_reader_init(struct json_reader *reader, struct str text, struct arena *arena);
enum json_token json_next(struct json_reader *reader);
// The decoded name or string, or the number as written, of the last token.
struct str json_text(const struct json_reader *reader);
// What was wrong, a static text, after JSON_ERROR; reader->at is where.
const char *json_error(const struct json_reader *reader);
// Skips the value whose first token was just returned (a scalar: nothing to skip), and
// gives its raw text. False when the value is malformed.
__attribute__((warn_unused_result)) bool json_skip(struct json_reader *reader,
                                                   struct str *raw);

#endif
