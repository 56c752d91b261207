// The words of a filter, or of a path of a projection.
#ifndef DDB_COMPILE_FILTER_LEX_H
#define DDB_COMPILE_FILTER_LEX_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

enum filter_token {
    TOKEN_ERROR, // diagnosed; stays
    TOKEN_END,
    TOKEN_NAME,      // of an attribute or a function, as it was written
    TOKEN_QUOTED,    // a name in backquotes, resolved
    TOKEN_STRING,    // '...', resolved
    TOKEN_BINARY,    // b'...', decoded
    TOKEN_NUMBER,    // canonical
    TOKEN_PARAMETER, // ${...}, whole
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_DOT,
    TOKEN_BEGIN_INDEX,
    TOKEN_END_INDEX,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LT,
    TOKEN_LE,
    TOKEN_GT,
    TOKEN_GE,
};

struct filter_lexer {
    const struct written *written;
    struct arena *arena;
    struct diags *diags;
    enum diag_code code; // of mistakes
    size_t at;           // of the next byte to look at
    enum filter_token token;
    struct str text; // of the token: see above
    size_t from;     // where it stands: [from, to)
    size_t to;
};

// Begins before the first token.
void filter_lexer_init(struct filter_lexer *lexer, const struct written *written,
                       enum diag_code code, struct arena *arena, struct diags *diags);
// Reads the next token into the lexer, and returns it.
enum filter_token filter_lexer_next(struct filter_lexer *lexer);
// A TOKEN_NAME that is this word, in any case of letters.
bool filter_lexer_is(const struct filter_lexer *lexer, const char *word);
// The place of text[from, to) where the text stands in the file as it is, else that of
// all of it.
struct span filter_lexer_span(const struct filter_lexer *lexer, size_t from, size_t to);

#endif
