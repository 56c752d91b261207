// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef DDB_BASE_UTF8_H
#define DDB_BASE_UTF8_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

// Decodes the code point at s.at[0]. Returns its length in bytes (1 to 4), or 0 when s
// is empty or does not begin with a well-formed sequence.
size_t utf8_decode(struct str s, uint32_t *code_point);
// Writes 1 to 4 bytes; code_point must be a scalar value.
size_t utf8_encode(uint32_t code_point, char out[4]);
// The offset of the first byte that is not well-formed UTF-8, or s.len.
size_t utf8_check(struct str s);
// The number of code points; each malformed byte counts as one.
size_t utf8_count(struct str s);
// The longest prefix of s with at most max code points.
struct str utf8_prefix(struct str s, size_t max);

// True for what may change a terminal or the reading order: C0 (tab and LF included),
// DEL, C1, U+2028, U+2029, the bidi controls (U+061C, U+200E, U+200F, U+202A-202E,
// U+2066-2069), zero width no-break space and the tag characters (U+E0000-E007F).
bool utf8_is_hostile(uint32_t code_point);

// Whether a file that begins with s is in UTF-16 or UTF-32, with a byte order mark or
// without.
bool utf8_is_utf16(struct str s);

// The offset of the first control character (C0, tab and LF included, DEL, C1) of
// well-formed UTF-8, or s.len.
size_t utf8_find_control(struct str s);

// Appends s for a person's eyes: hostile code points as \t \n \r \e or \u{202e},
// malformed bytes as \xff, a backslash as itself. Columns of a terminal are never moved
// by it.
void utf8_put_visible(struct buf *buf, struct str s);

// True for blanks beyond ASCII: they are not to be told from a space.
bool utf8_is_blank(uint32_t code_point);

// How many terminal columns a code point takes: 0, 1 or 2, by the C.UTF-8 locale when
// utf8_use_locale was called, else 1. Hostile ones count 0.
int utf8_columns(uint32_t code_point);
// A letter or a digit of any script, as the C.UTF-8 locale has them when
// utf8_use_locale was called; without that locale everything beyond ASCII may be one.
bool utf8_is_alnum(uint32_t code_point);
// A blank of any width, or what separates lines or paragraphs: Unicode's class Z.
bool utf8_is_separator(uint32_t code_point);
// setlocale(LC_CTYPE, "C.UTF-8"); call once, at program start.
void utf8_use_locale(void);

#endif
