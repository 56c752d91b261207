// Masking. In: text for people, such as a line of a file. Out: the same text, its
// secrets overwritten.
//
// The text may be malformed or cut anywhere, and a password may hold the very marks
// that should end it. So a secret goes on to the last mark that can be its end.
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

// What may stand between the end of a value and a blank or the end: "...=SECRET"}, ...
static bool is_closing(char c)
{
    return c != '\0' && strchr("]}),:;.?\"'`", c) != NULL;
}

// The first of line breaks from at on, or the end.
static size_t line_end(struct str text, size_t at)
{
    while (at < text.len && text.at[at] != '\n' && text.at[at] != '\r') {
        at++;
    }
    return at;
}

// host:port without an '@', or what is left of user:password: from behind the ':',
// which stands before any '/'. Returns the end of what is no port, or 0.
static size_t find_no_port(struct str text, size_t from, size_t end)
{
    size_t at = from;
    while (at < end && text.at[at] >= '0' && text.at[at] <= '9') {
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
static size_t find_in_url(size_t *from, struct str text, size_t colon)
{
    const struct str scheme = {text.at, colon};
    const size_t skip = slashes(str_skip(text, colon + 1));
    const size_t user = colon + 1 + skip;
    if (skip == 0 || user >= text.len) {
        return 0;
    }
    const bool postgres =
        str_ends(scheme, STR("postgres")) || str_ends(scheme, STR("postgresql"));
    const size_t word = word_end(text, user);
    const size_t end = postgres ? line_end(text, user) : word;
    *from = user + str_find_char((struct str){text.at + user, end - user}, ':') + 1;
    for (size_t at = end; at > *from; at--) {
        if (text.at[at - 1] == '@') {
            return at - 1;
        }
    }
    size_t host_end = user;
    while (host_end < word && strchr("/?#\\@", text.at[host_end]) == NULL) {
        host_end++;
    }
    *from = user + find_colon((struct str){text.at + user, host_end - user}) + 1;
    return *from <= host_end ? find_no_port(text, *from, word) : 0;
}

// How much of text is the name, in any case and with any '_' or '-' in it; 0: it does
// not begin so.
static size_t name_len(struct str text, const char *name)
{
    size_t at = 0;
    while (at < text.len && *name != '\0') {
        if (lower(text.at[at]) == *name) {
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
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        const size_t len = name_len(text, NAMES[i]);
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
        const bool twice = quote == '\'' && text.at[at] == quote && at + 1 < text.len &&
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
    const size_t end = line_end(text, from);
    for (size_t at = from; at < end; at++) {
        if (strchr(",]})\"'`", text.at[at]) == NULL || text.at[at] == '\0') {
            continue;
        }
        size_t behind = at;
        while (behind < end && is_closing(text.at[behind])) {
            behind++;
        }
        if (behind == end || is_blank(text.at[behind])) {
            return at;
        }
    }
    return end;
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
