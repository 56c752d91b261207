// Text to tokens. Names are letters of any script, digits and '_', or stand in backquotes;
// in quotes of either kind a quote is doubled.
#include "filter_lex.h"

#include "ascii.h"
#include "base64.h"
#include "number.h"
#include "template.h"

#include <string.h>

void filter_lexer_init(struct filter_lexer *lexer, const struct written *written,
                       enum diag_code code, struct arena *arena, struct diags *diags)
{
    *lexer = (struct filter_lexer){
        .written = written,
        .arena = arena,
        .diags = diags,
        .code = code,
        .token = TOKEN_COMMA, // none that ends
    };
}

struct span filter_lexer_span(const struct filter_lexer *lexer, size_t from, size_t to)
{
    struct span span = lexer->written->text_span;
    if (span.source == NULL) {
        return lexer->written->span;
    }
    span.column += (uint32_t)from;
    span.length = SPAN_LENGTH(to - from);
    return span;
}

bool filter_lexer_is(const struct filter_lexer *lexer, const char *word)
{
    size_t len = strlen(word);
    bool same = lexer->token == TOKEN_NAME && lexer->text.len == len;
    for (size_t i = 0; same && i < len; i++) {
        char c = lexer->text.at[i];
        same = (c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) == word[i];
    }
    return same;
}

static enum filter_token fail(struct filter_lexer *lexer, size_t from, size_t to,
                              const char *message, const char *help)
{
    struct diag *diag = diag_add(lexer->diags, lexer->code,
                                 filter_lexer_span(lexer, from, to), "%s", message);
    if (help != NULL) {
        diag_help(lexer->diags, diag, "%s", help);
    }
    return TOKEN_ERROR;
}

static bool begins_name(char c)
{
    return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

// What stands between the quote at `at` and its partner, with doubled ones as one;
// *end is behind it. False: it is not closed.
static bool read_quoted(struct filter_lexer *lexer, size_t at, size_t *end)
{
    struct str text = lexer->written->text;
    char quote = text.at[at];
    char *out = arena_alloc(lexer->arena, text.len - at);
    size_t len = 0;
    for (size_t i = at + 1; i < text.len; i++) {
        if (text.at[i] == quote) {
            if (i + 1 == text.len || text.at[i + 1] != quote) {
                lexer->text = (struct str){out, len};
                *end = i + 1;
                return true;
            }
            i++;
        }
        out[len++] = text.at[i];
    }
    return false;
}

static enum filter_token lex_quoted(struct filter_lexer *lexer, size_t at,
                                    enum filter_token token)
{
    if (!read_quoted(lexer, at, &lexer->at)) {
        return fail(lexer, at, lexer->written->text.len, "this quote is not closed",
                    "a quote within quotes is doubled");
    }
    if (token == TOKEN_QUOTED && lexer->text.len == 0) {
        return fail(lexer, at, lexer->at, "a name is empty", NULL);
    }
    struct str bytes;
    if (token == TOKEN_BINARY) {
        if (!base64_decode(&bytes, lexer->text, lexer->arena)) {
            return fail(lexer, at, lexer->at, "b'...' is no base64",
                        "the standard alphabet, padded");
        }
        lexer->text = bytes;
    }
    return token;
}

static enum filter_token lex_number(struct filter_lexer *lexer)
{
    struct str text = lexer->written->text;
    size_t to = lexer->from + 1;
    while (to < text.len) {
        char c = text.at[to];
        char before = text.at[to - 1];
        bool sign = (c == '+' || c == '-') && (before == 'e' || before == 'E');
        if (!begins_name(c) && c != '.' && !sign) {
            break;
        }
        to++;
    }
    lexer->at = to;
    char canonical[NUMBER_TEXT_MAX];
    size_t len = 0;
    struct str written = {text.at + lexer->from, to - lexer->from};
    switch (number_canonical(canonical, &len, written)) {
    case NUMBER_OK:
        lexer->text = arena_str(lexer->arena, (struct str){canonical, len});
        return TOKEN_NUMBER;
    case NUMBER_TOO_LONG:
        return fail(lexer, lexer->from, to, "the number has more than 38 digits", NULL);
    case NUMBER_TOO_LARGE:
    case NUMBER_TOO_SMALL:
        return fail(lexer, lexer->from, to, "the number is out of DynamoDB's range",
                    NULL);
    case NUMBER_MALFORMED:
    default:
        return fail(lexer, lexer->from, to, "this is no number",
                    "a name that begins with a digit stands in backquotes");
    }
}

static enum filter_token lex_parameter(struct filter_lexer *lexer)
{
    struct str text = lexer->written->text;
    size_t close = template_find_close(text, lexer->from + 2);
    if (close == text.len) {
        return fail(lexer, lexer->from, text.len, "this ${ has no }", NULL);
    }
    lexer->at = close + 1;
    lexer->text = str_slice(text.at + lexer->from, text.at + close + 1);
    return TOKEN_PARAMETER;
}

static enum filter_token lex_name(struct filter_lexer *lexer)
{
    struct str text = lexer->written->text;
    while (lexer->at < text.len && begins_name(text.at[lexer->at])) {
        lexer->at++;
    }
    lexer->text = str_slice(text.at + lexer->from, text.at + lexer->at);
    return TOKEN_NAME;
}

static enum filter_token lex_symbol(struct filter_lexer *lexer)
{
    static const struct {
        const char *text; // the longer ones first
        enum filter_token token;
    } SYMBOLS[] = {
        {"<>", TOKEN_NE},  {"<=", TOKEN_LE},         {">=", TOKEN_GE},
        {"<", TOKEN_LT},   {">", TOKEN_GT},          {"=", TOKEN_EQ},
        {"(", TOKEN_OPEN}, {")", TOKEN_CLOSE},       {",", TOKEN_COMMA},
        {".", TOKEN_DOT},  {"[", TOKEN_BEGIN_INDEX}, {"]", TOKEN_END_INDEX},
    };
    struct str rest = str_skip(lexer->written->text, lexer->from);
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof SYMBOLS[0]; i++) {
        struct str symbol = str_from(SYMBOLS[i].text);
        if (str_starts(rest, symbol)) {
            lexer->at = lexer->from + symbol.len;
            return SYMBOLS[i].token;
        }
    }
    const char *help = "a name with other characters stands in backquotes";
    if (rest.at[0] == '!') {
        help = "unequal is <>, and the opposite of a condition begins with NOT";
    } else if (rest.at[0] == ':' || rest.at[0] == '#' || rest.at[0] == '$') {
        help = "names stand as they are, values as literals or as ${parameter}";
    } else if (rest.at[0] == '"') {
        help = "text stands in single quotes, a name in backquotes";
    }
    return fail(lexer, lexer->from, lexer->from + 1,
                "this character means nothing here", help);
}

static enum filter_token lex(struct filter_lexer *lexer)
{
    struct str text = lexer->written->text;
    while (lexer->at < text.len && strchr(" \t\r\n", text.at[lexer->at]) != NULL &&
           text.at[lexer->at] != '\0') {
        lexer->at++;
    }
    lexer->from = lexer->at;
    if (lexer->at == text.len) {
        return TOKEN_END;
    }
    char c = text.at[lexer->at];
    char next = lexer->at + 1 < text.len ? text.at[lexer->at + 1] : '\0';
    if (c == '\'') {
        return lex_quoted(lexer, lexer->at, TOKEN_STRING);
    }
    if (c == '`') {
        return lex_quoted(lexer, lexer->at, TOKEN_QUOTED);
    }
    if (c == 'b' && next == '\'') {
        return lex_quoted(lexer, lexer->at + 1, TOKEN_BINARY);
    }
    if (c == '$' && next == '{') {
        return lex_parameter(lexer);
    }
    if (ascii_is_digit(c) ||
        ((c == '-' || c == '+') && (ascii_is_digit(next) || next == '.')) ||
        (c == '.' && ascii_is_digit(next) && lexer->token != TOKEN_NAME &&
         lexer->token != TOKEN_QUOTED && lexer->token != TOKEN_END_INDEX)) {
        return lex_number(lexer);
    }
    return begins_name(c) ? lex_name(lexer) : lex_symbol(lexer);
}

enum filter_token filter_lexer_next(struct filter_lexer *lexer)
{
    if (lexer->token != TOKEN_ERROR) {
        lexer->text = (struct str){0};
        lexer->token = lex(lexer);
        lexer->to = lexer->at;
    }
    return lexer->token;
}
