// One walk over the bytes: '#' and ':' are what a command begins with.
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

// "##[" or "##vso[" or any word that an agent may learn: a hash twice, then letters and
// a bracket.
static bool is_marked(struct str rest)
{
    size_t at = 2;
    if (!str_starts(rest, STR("##"))) {
        return false;
    }
    while (at < rest.len && ascii_is_letter(rest.at[at])) {
        at++;
    }
    return at < rest.len && rest.at[at] == '[';
}

// The next place from `at` on that must be written otherwise, or the text's length.
static size_t find_next(struct str text, size_t at, bool commands)
{
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (c == '#'
                ? is_marked(str_skip(text, at))
                : c == ':' && !commands && str_starts(str_skip(text, at), STR("::")) &&
                      is_first(text, at)) {
            return at;
        }
    }
    return text.len;
}

bool harmless_is_needed(struct str text, bool commands)
{
    return find_next(text, 0, commands) < text.len;
}

void harmless_put(struct buf *out, struct str text, bool commands)
{
    size_t from = 0;
    for (;;) {
        size_t to = find_next(text, from, commands);
        buf_put(out, (struct str){text.at + from, to - from});
        if (to == text.len) {
            return;
        }
        buf_printf(out, "\\u%04x", (unsigned)(unsigned char)text.at[to]);
        from = to + 1;
    }
}
