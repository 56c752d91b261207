// argv, cut into options with their values and operands.
#ifndef DDB_CLI_TOKENS_H
#define DDB_CLI_TOKENS_H

#include "options.h"

#include <stdbool.h>
#include <stddef.h>

enum token_kind {
    TOKEN_OPERAND,
    TOKEN_OPTION,
    TOKEN_UNKNOWN, // an option that no row has
};

struct token {
    enum token_kind kind;
    const char *text;   // as written
    size_t name_len;    // TOKEN_UNKNOWN: of text, dashes included
    enum option_id id;  // TOKEN_OPTION: the first row of that name
    const char *value;  // TOKEN_OPTION: NULL when there is none
    const char *dashed; // TOKEN_OPTION: what stands in its value's place, begins with a
                        // dash and is no option; or NULL
    bool guessed;       // TOKEN_UNKNOWN: it may have left its value as an operand
};

struct token_list {
    struct token *at;
    size_t count;
};

// Cuts argv[1..argc). tokens->at has room for argc tokens; argv ends in NULL.
void tokens_read(struct token_list *tokens, int argc, char *const *argv);

#endif
