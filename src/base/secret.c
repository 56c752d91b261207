// Masking. In: text for people, such as a line of a file. Out: the same text, its
// secrets overwritten.
//
// The text may be malformed or cut anywhere, and a password may hold the very marks
// that should end it. So a secret goes on to the last mark that can be its end before
// the next blank.
#include "secret.h"

#include "str.h"

#include <stdbool.h>
#include <string.h>

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.len && is_blank(text.at[at])) {
        at++;
    }
    return at;
}

// The first blank from at on, or the end.
static size_t word_end(struct str text, size_t at)
{
    while (at < text.len && !is_blank(text.at[at])) {
        at++;
    }
    return at;
}

// Skips "//", as JSON may write it too: "\/\/". 0: there is none at the start of text.
static size_t slashes(struct str text)
{
    if (str_starts(text, STR("//"))) {
        return 2;
    }
    return str_starts(text, STR("\\/\\/")) ? 4 : 0;
}

// A password of the url whose ':' stands at colon: from the next ':' to the last '@' of
// the word. Postgres's own url is worth a line: a password in quotes may hold blanks.
// Returns its end, or 0 when there is none.
static size_t find_in_url(size_t *from, struct str text, size_t colon)
{
    const struct str scheme = {text.at, colon};
    const size_t skip = slashes(str_skip(text, colon + 1));
    const size_t user = colon + 1 + skip;
    if (skip == 0 || user >= text.len) {
        return 0;
    }
    size_t end = word_end(text, user);
    const struct str word = {text.at + user, end - user};
    *from = user + str_find_char(word, ':') + 1;
    if (str_find_char(word, '@') == word.len &&
        (str_ends(scheme, STR("postgres")) || str_ends(scheme, STR("postgresql")))) {
        end = text.len;
    }
    for (size_t at = end; at > *from; at--) {
        if (text.at[at - 1] == '@') {
            return at - 1;
        }
    }
    return 0;
}

// Where the name of a secret at the start of text ends, or 0.
static size_t secret_name(struct str text)
{
    static const char *const NAMES[] = {"password", "secret_access_key",
                                        "session_token"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        size_t len = 0;
        while (len < text.len && NAMES[i][len] != '\0' &&
               lower(text.at[len]) == NAMES[i][len]) {
            len++;
        }
        if (NAMES[i][len] == '\0') {
            return len;
        }
    }
    return 0;
}

// A quoted value, behind its opening quote: to the closing one, or the end.
static size_t quoted_end(struct str text, size_t at, char quote)
{
    while (at < text.len && text.at[at] != quote) {
        at += text.at[at] == '\\' && at + 1 < text.len ? 2 : 1;
    }
    return at;
}

// A value without quotes: to the next blank, but for what closes the text around it
// ("...password=SECRET"}).
static size_t bare_end(struct str text, size_t from)
{
    const size_t end = word_end(text, from);
    size_t at = end;

    while (at > from && strchr("]}),:;.?", text.at[at - 1]) != NULL) {
        at--;
    }
    return at > from && is_quote(text.at[at - 1]) ? at - 1 : end;
}

// The value of `password = ...` whose name ends at at. Returns its end, or 0.
static size_t find_value(size_t *from, struct str text, size_t at)
{
    at += at < text.len && is_quote(text.at[at]) ? 1 : 0;
    at = skip_blanks(text, at);
    if (at == text.len || (text.at[at] != '=' && text.at[at] != ':')) {
        return 0;
    }
    at = skip_blanks(text, at + 1);
    if (at == text.len) {
        return 0;
    }
    if (is_quote(text.at[at])) {
        *from = at + 1;
        return quoted_end(text, at + 1, text.at[at]);
    }
    *from = at;
    return str_starts(str_skip(text, at), STR("${env.")) ? 0 : bare_end(text, at);
}

void secret_mask(char *text, size_t len)
{
    const struct str all = {text, len};

    for (size_t at = 0; at < len; at++) {
        size_t from = 0;
        size_t end = 0;
        if (text[at] == ':') {
            end = find_in_url(&from, all, at);
        } else {
            const size_t name = secret_name(str_skip(all, at));
            end = name > 0 ? find_value(&from, all, at + name) : 0;
        }
        if (end > from) {
            memset(text + from, '*', end - from);
            at = end - 1;
        }
    }
}
