// Masking. In: text for people, such as a line of a file. Out: the same text, its
// secrets overwritten.
//
// The text may be malformed or cut anywhere, and a password may hold the very marks
// that should end it. So a secret goes on to the last mark that can be its end. Text is
// hostile, too: one pass from left to right, and what is looked ahead for is looked for
// once a word or line.
#include "secret.h"

#include "ascii.h"
#include "str.h"

#include <stdbool.h>
#include <string.h>

// A stretch of the text without blanks, or a line, with the last '@' in it.
struct stretch {
    size_t end;
    size_t last_at; // 0: none from here on
};

struct mask {
    struct str text;
    struct stretch word;
    struct stretch line;
};

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || is_break(c);
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

// What may stand between the end of a value and a blank or the end: "...=SECRET"}, ...
static bool is_closing(char c)
{
    return c != '\0' && strchr("]}),:;.?\"'`", c) != NULL;
}

static size_t skip_blanks(struct str text, size_t at)
{
    while (at < text.len && is_blank(text.at[at])) {
        at++;
    }
    return at;
}

// Brings a stretch up to the one that at is in.
static const struct stretch *stretch_find(struct stretch *stretch, struct str text,
                                          size_t at, bool (*ends)(char c))
{
    if (at < stretch->end) {
        return stretch;
    }
    *stretch = (struct stretch){.end = at};
    while (stretch->end < text.len && !ends(text.at[stretch->end])) {
        if (text.at[stretch->end] == '@') {
            stretch->last_at = stretch->end;
        }
        stretch->end++;
    }
    return stretch;
}

// Skips "//", as JSON may write it too: "\/\/". 0: there is none at the start of text.
static size_t slashes(struct str text)
{
    if (str_starts(text, STR("//"))) {
        return 2;
    }
    return str_starts(text, STR("\\/\\/")) ? 4 : 0;
}

// host:port without an '@', or what is left of user:password: from behind the ':',
// which stands before any '/'. Returns the end of what is no port, or 0.
static size_t find_no_port(struct str text, size_t from, size_t end)
{
    size_t at = from;
    while (at < end && ascii_is_digit(text.at[at])) {
        at++;
    }
    if (at == end || is_closing(text.at[at]) || strchr("/?#\\", text.at[at]) != NULL ||
        str_starts(str_skip(text, at), STR("${env."))) {
        return 0;
    }
    while (end > from && is_closing(text.at[end - 1])) {
        end--;
    }
    return end;
}

// Where a host ends and its port, or a password, begins: the first ':' that is none of
// an IPv6 address. part.len when there is none.
static size_t find_colon(struct str part)
{
    size_t host = 0;
    if (part.len > 0 && part.at[0] == '[') {
        host = str_find_char(part, ']');
        host = host == part.len ? 0 : host;
    }
    return host + str_find_char(str_skip(part, host), ':');
}

// A password of the url whose ':' stands at colon: from the next ':' to the last '@' of
// the word. Postgres's own url is worth a line: a password may hold blanks. Returns its
// end, or 0 when there is none.
static size_t find_in_url(size_t *from, struct mask *mask, size_t colon)
{
    struct str text = mask->text;
    struct str scheme = {text.at, colon};
    size_t skip = slashes(str_skip(text, colon + 1));
    size_t user = colon + 1 + skip;
    if (skip == 0 || user >= text.len) {
        return 0;
    }
    bool postgres =
        str_ends(scheme, STR("postgres")) || str_ends(scheme, STR("postgresql"));
    const struct stretch *word = stretch_find(&mask->word, text, user, is_blank);
    const struct stretch *rest =
        postgres ? stretch_find(&mask->line, text, user, is_break) : word;
    struct str behind = {text.at + user, rest->end - user};
    *from = user + str_find_char(behind, ':') + 1;
    if (*from <= rest->last_at) {
        return rest->last_at;
    }
    size_t host_end = user;
    while (host_end < word->end && strchr("/?#\\@", text.at[host_end]) == NULL) {
        host_end++;
    }
    *from = user + find_colon((struct str){text.at + user, host_end - user}) + 1;
    return *from <= host_end ? find_no_port(text, *from, word->end) : 0;
}

// How much of text is the name, in any case and with any '_' or '-' in it; 0: it does
// not begin so.
static size_t name_len(struct str text, const char *name)
{
    size_t at = 0;
    while (at < text.len && *name != '\0') {
        if (ascii_lower(text.at[at]) == *name) {
            name++;
        } else if (at == 0 || (text.at[at] != '_' && text.at[at] != '-')) {
            return 0;
        }
        at++;
    }
    return *name == '\0' ? at : 0;
}

// Where the name of a secret at the start of text ends, or 0.
static size_t secret_name(struct str text)
{
    static const char *const NAMES[] = {
        "password", "passwd", "secretaccesskey", "secretkey", "sessiontoken", "token",
    };
    if (text.len == 0 || strchr("pst", ascii_lower(text.at[0])) == NULL) {
        return 0; // what nearly every byte is
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        size_t len = name_len(text, NAMES[i]);
        if (len > 0) {
            return len;
        }
    }
    return 0;
}

// A quoted value, behind its opening quote: to the closing one, or the end. A quote is
// escaped by a backslash, a single one by another (YAML, SQL).
static size_t quoted_end(struct str text, size_t at, char quote)
{
    while (at < text.len) {
        bool twice = quote == '\'' && text.at[at] == quote && at + 1 < text.len &&
                     text.at[at + 1] == quote;
        if (text.at[at] == quote && !twice) {
            return at;
        }
        at += twice || (text.at[at] == '\\' && at + 1 < text.len) ? 2 : 1;
    }
    return at;
}

// A value without quotes: to the end of the line, or to a comma, a bracket or a quote
// that closes the text around it, behind which the word ends.
static size_t bare_end(struct str text, size_t from)
{
    size_t close = text.len; // where what closes began; none yet
    size_t at = from;
    for (; at < text.len && !is_break(text.at[at]); at++) {
        char c = text.at[at];
        if (is_blank(c) && close < at) {
            return close;
        }
        if (!is_closing(c)) {
            close = text.len;
        } else if (close == text.len && strchr(",]})\"'`", c) != NULL) {
            close = at;
        }
    }
    return close < at ? close : at;
}

// The value of `password = ...` whose name ends at at. Returns its end, or 0.
static size_t find_value(size_t *from, struct str text, size_t at)
{
    while (at < text.len && (is_quote(text.at[at]) || text.at[at] == '\\')) {
        at++;
    }
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
    struct mask mask = {.text = {text, len}};

    for (size_t at = 0; at < len; at++) {
        size_t from = 0;
        size_t end = 0;
        if (text[at] == ':') {
            end = find_in_url(&from, &mask, at);
        } else {
            size_t name = secret_name(str_skip(mask.text, at));
            end = name > 0 ? find_value(&from, mask.text, at + name) : 0;
        }
        if (end > from) {
            memset(text + from, '*', end - from);
            at = end - 1;
        }
    }
}
