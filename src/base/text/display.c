// Text enters, what a terminal draws as one leaves, and lines of a width.
//
// Terminals differ about emoji; here is what those do that draw them as one. Where one
// draws more than it should, a line is longer than meant, and nothing else is wrong.
#include "display.h"

#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>

#define JOINER 0x200D
#define EMOJI_STYLE 0xFE0F // what it follows is drawn as an emoji, which is wide

static bool is_flag_half(uint32_t c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static bool is_skin_tone(uint32_t c)
{
    return c >= 0x1F3FB && c <= 0x1F3FF;
}

static size_t decode(uint32_t *c, struct str text)
{
    size_t n = utf8_decode(text, c);
    if (n == 0 && text.len > 0) {
        *c = 0xFFFD;
        n = 1;
    }
    return n;
}

size_t display_next(size_t *columns, struct str text)
{
    uint32_t first = 0;
    uint32_t c = 0;
    size_t len = decode(&first, text);
    size_t n = 0;
    bool joined = false;
    bool flag = is_flag_half(first);
    *columns = len == 0 ? 0 : (size_t)utf8_columns(first);
    while (len < text.len && (n = decode(&c, str_skip(text, len))) > 0) {
        bool second_half = flag && is_flag_half(c);
        bool part = joined || second_half || c == JOINER || is_skin_tone(c) ||
                    (utf8_columns(c) == 0 && !utf8_is_hostile(c));
        if (!part) {
            break;
        }
        if (c == EMOJI_STYLE || second_half) {
            *columns = 2;
        }
        // In some scripts a joiner stands between letters, which are not one.
        joined = c == JOINER && *columns == 2;
        flag = false;
        len += n;
    }
    return len;
}

size_t display_columns(struct str text)
{
    size_t all = 0;
    while (text.len > 0) {
        size_t columns = 0;
        text = str_skip(text, display_next(&columns, text));
        all += columns;
    }
    return all;
}

struct str display_prefix(struct str text, size_t columns)
{
    size_t len = 0;
    while (len < text.len) {
        size_t more = 0;
        size_t n = display_next(&more, str_skip(text, len));
        if (more > columns) {
            break;
        }
        columns -= more;
        len += n;
    }
    return (struct str){text.at, len};
}

struct str display_line(struct str *rest, size_t width)
{
    struct str text = *rest;
    size_t at = 0;         // behind what was looked at
    size_t used = 0;       // its columns
    size_t line_end = 0;   // of the line, should it be broken; 0: nowhere yet
    size_t next_begin = 0; // of what follows then
    bool blank = false;    // the one before was a blank, or wide
    bool wide = false;
    while (at < text.len) {
        size_t columns = 0;
        size_t n = display_next(&columns, str_skip(text, at));
        bool is_blank = text.at[at] == ' ';
        if (at > 0 && !is_blank && !blank && (wide || columns == 2)) {
            line_end = at;
            next_begin = at;
        }
        if (used + columns > width && at > 0 && !is_blank) {
            at = line_end > 0 ? line_end : at;
            *rest = str_skip(text, line_end > 0 ? next_begin : at);
            return (struct str){text.at, at};
        }
        if (is_blank) {
            line_end = blank ? line_end : at;
            next_begin = at + n;
        }
        blank = is_blank;
        wide = columns == 2;
        used += columns;
        at += n;
    }
    *rest = (struct str){text.at + text.len, 0};
    return blank && line_end > 0 ? (struct str){text.at, line_end} : text;
}
