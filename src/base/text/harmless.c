// Marks are looked for by their bracket, which compiled items hardly hold: then the text
// costs one memchr. Lines' beginnings are looked at one by one.
#include "harmless.h"

#include "ascii.h"

#include <string.h>

// True when nothing but blanks, of whatever kind, stands before `at` in its line.
static bool is_first(struct str text, size_t at)
{
    while (at > 0 && text.at[at - 1] != '\n' && text.at[at - 1] != '\r') {
        unsigned char before = (unsigned char)text.at[--at];
        if (before > ' ' && before < 0x80) {
            return false;
        }
    }
    return true;
}

// Where "##[" or "##vso[", or any word that an agent may learn, begins from `at` on, or
// the text's length: a hash twice, then letters and a bracket.
static size_t find_mark(struct str text, size_t at)
{
    size_t from = at;
    while (from < text.len) {
        const char *bracket = memchr(text.at + from, '[', text.len - from);
        if (bracket == NULL) {
            break;
        }
        size_t begin = (size_t)(bracket - text.at);
        from = begin + 1;
        while (begin > at && ascii_is_letter(text.at[begin - 1])) {
            begin--;
        }
        if (begin - at >= 2 && text.at[begin - 1] == '#' && text.at[begin - 2] == '#') {
            return begin - 2;
        }
    }
    return text.len;
}

// Where a line begins from `at` on with "::", behind blanks, or `end`.
static size_t find_command(struct str text, size_t at, size_t end)
{
    while (at < end) {
        const char *colon = memchr(text.at + at, ':', end - at);
        if (colon == NULL) {
            break;
        }
        at = (size_t)(colon - text.at);
        if (str_starts(str_skip(text, at), STR("::")) && is_first(text, at)) {
            return at;
        }
        at++;
    }
    return end;
}

bool harmless_is_needed(struct str text, bool commands)
{
    size_t mark = find_mark(text, 0);
    return mark < text.len || (!commands && find_command(text, 0, mark) < mark);
}

bool harmless_is_marked(struct str text)
{
    size_t at = 2;
    if (!str_starts(text, STR("##"))) {
        return false;
    }
    while (at < text.len && ascii_is_letter(text.at[at])) {
        at++;
    }
    return at < text.len && text.at[at] == '[';
}

void harmless_put_char(struct buf *out, char c)
{
    buf_printf(out, "\\u%04x", (unsigned)(unsigned char)c);
}

void harmless_put(struct buf *out, struct str text, bool commands)
{
    size_t from = 0;
    size_t mark =
        find_mark(text, 0); // looked for once, lest many commands cost squares
    for (;;) {
        size_t to = commands ? mark : find_command(text, from, mark);
        buf_put(out, (struct str){text.at + from, to - from});
        if (to == text.len) {
            return;
        }
        harmless_put_char(out, text.at[to]);
        from = to + 1;
        mark = to == mark ? find_mark(text, from) : mark;
    }
}
