// Tokens to a document path.
#include "path_read.h"

static bool fail(struct filter_lexer *lexer, const char *message)
{
    if (lexer->token != TOKEN_ERROR) {
        diag_add(lexer->diags, lexer->code,
                 filter_lexer_span(lexer, lexer->from, lexer->to), "%s", message);
    }
    return false;
}

// The element of a list, behind its '['.
static bool read_index(struct path_step *out, struct filter_lexer *lexer)
{
    enum filter_token token = filter_lexer_next(lexer);
    uint32_t index = 0;
    bool legal = token == TOKEN_NUMBER && lexer->text.len <= 9;
    for (size_t i = 0; legal && i < lexer->text.len; i++) {
        char c = lexer->text.at[i];
        legal = c >= '0' && c <= '9';
        index = index * 10 + (uint32_t)(c - '0');
    }
    if (!legal) {
        return fail(lexer, "an element of a list has a number, from 0");
    }
    *out = (struct path_step){.index = index, .is_index = true};
    return filter_lexer_next(lexer) == TOKEN_END_INDEX || fail(lexer, "a ] is missing");
}

static bool read_name(struct path_step *out, struct filter_lexer *lexer)
{
    *out = (struct path_step){.name = lexer->text};
    return lexer->token == TOKEN_NAME || lexer->token == TOKEN_QUOTED ||
           fail(lexer, "a name is expected here");
}

bool path_read(struct document_path *out, struct filter_lexer *lexer)
{
    struct path_step *steps = NULL;
    size_t cap = 0;
    size_t count = 0;
    size_t from = lexer->from;
    size_t to;
    bool index = false;
    for (;;) {
        steps = arena_grow(lexer->arena, steps, count, count + 1, &cap, sizeof *steps);
        bool read =
            index ? read_index(&steps[count], lexer) : read_name(&steps[count], lexer);
        if (!read) {
            return false;
        }
        count++;
        to = lexer->to;
        enum filter_token token = filter_lexer_next(lexer);
        index = token == TOKEN_BEGIN_INDEX;
        if (token != TOKEN_DOT && !index) {
            break;
        }
        if (count == DOCUMENT_PATH_MAX_STEPS) {
            return fail(lexer, "the path is deeper than items are");
        }
        if (!index) {
            (void)filter_lexer_next(lexer);
        }
    }
    *out = (struct document_path){steps, count, filter_lexer_span(lexer, from, to)};
    return lexer->token != TOKEN_ERROR;
}
