// UTF-8: reading and writing code points, checking whole texts, and showing text so
// that it cannot act on a terminal. In: bytes of any kind. Out: code points, counts,
// safe text.
#include "utf8.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

size_t utf8_decode(struct str s, uint32_t *code_point)
{
    if (s.len == 0) {
        return 0;
    }
    const unsigned char *at = (const unsigned char *)s.at;
    uint32_t lead = at[0];
    uint32_t value = 0;
    uint32_t smallest = 0; // below it the form is overlong
    size_t len = 0;

    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        len = 2;
        value = lead & 0x1F;
        smallest = 0x80;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        len = 3;
        value = lead & 0x0F;
        smallest = 0x800;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        len = 4;
        value = lead & 0x07;
        smallest = 0x10000;
    } else {
        return 0;
    }
    if (s.len < len) {
        return 0;
    }
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
        value = value << 6 | (at[i] & 0x3FU);
    }
    if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return 0;
    }
    *code_point = value;
    return len;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

// The offset of the first byte at or after at that is not ASCII, or s.len.
static size_t ascii_end(struct str s, size_t at)
{
    for (; at + 8 <= s.len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, s.at + at, 8);
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    while (at < s.len && ((unsigned char)s.at[at] & 0x80) == 0) {
        at++;
    }
    return at;
}

size_t utf8_check(struct str s)
{
    size_t at = ascii_end(s, 0);
    while (at < s.len) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(str_skip(s, at), &code_point);
        if (len == 0) {
            break;
        }
        at += len;
        if (at < s.len && ((unsigned char)s.at[at] & 0x80) == 0) {
            at = ascii_end(s, at);
        }
    }
    return at;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    size_t at = 0;
    while (at < s.len) {
        size_t plain = ascii_end(s, at);
        count += plain - at;
        at = plain;
        if (at < s.len) {
            uint32_t code_point = 0;
            size_t len = utf8_decode(str_skip(s, at), &code_point);
            at += len == 0 ? 1 : len;
            count++;
        }
    }
    return count;
}

struct str utf8_prefix(struct str s, size_t max)
{
    size_t at = 0;
    for (size_t count = 0; count < max && at < s.len; count++) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(str_skip(s, at), &code_point);
        at += len == 0 ? 1 : len;
    }
    return (struct str){s.at, at};
}

bool utf8_is_hostile(uint32_t c)
{
    if (c < 0x300) {
        return c < 0x20 || (c >= 0x7F && c <= 0x9F);
    }
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
           (c >= 0xE0000 && c <= 0xE007F);
}

bool utf8_is_utf16(struct str s)
{
    if (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff"))) {
        return true;
    }
    size_t zeros[2] = {0, 0}; // at even and at odd places
    size_t len = s.len < 64 ? s.len : 64;
    for (size_t i = 0; i < len; i++) {
        zeros[i % 2] += s.at[i] == '\0' ? 1 : 0;
    }
    return len >= 8 && (zeros[0] + zeros[1]) * 4 > len && zeros[0] != zeros[1];
}

size_t utf8_find_control(struct str s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t c = 0;
        size_t len = utf8_decode(str_skip(s, at), &c);
        if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) {
            return at;
        }
        at += len > 0 ? len : 1;
    }
    return s.len;
}

static void put_hostile(struct buf *buf, uint32_t code_point)
{
    switch (code_point) {
    case '\t':
        buf_put(buf, STR("\\t"));
        break;
    case '\n':
        buf_put(buf, STR("\\n"));
        break;
    case '\r':
        buf_put(buf, STR("\\r"));
        break;
    case 0x1B:
        buf_put(buf, STR("\\e"));
        break;
    default:
        buf_printf(buf, "\\u{%x}", (unsigned)code_point);
        break;
    }
}

void utf8_put_visible(struct buf *buf, struct str s)
{
    size_t run = 0; // start of what goes through as it is
    for (size_t at = 0; at < s.len;) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(str_skip(s, at), &code_point);
        if (len > 0 && !utf8_is_hostile(code_point)) {
            at += len;
            continue;
        }
        buf_put(buf, (struct str){s.at + run, at - run});
        if (len == 0) {
            buf_printf(buf, "\\x%02x", (unsigned)(unsigned char)s.at[at]);
            at++;
        } else {
            put_hostile(buf, code_point);
            at += len;
        }
        run = at;
    }
    if (run < s.len) {
        buf_put(buf, str_skip(s, run));
    }
}

bool utf8_is_blank(uint32_t code_point)
{
    return code_point == 0xA0 || code_point == 0x1680 ||
           (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x202F ||
           code_point == 0x205F || code_point == 0x3000;
}

int utf8_columns(uint32_t code_point)
{
    if (utf8_is_hostile(code_point)) {
        return 0;
    }
    // Negative for what the locale does not know (in "C": all that is not ASCII).
    int columns = wcwidth((wchar_t)code_point);
    return columns < 0 ? 1 : (columns > 2 ? 2 : columns);
}

bool utf8_is_alnum(uint32_t code_point)
{
    if (code_point < 0x80) {
        return (code_point >= '0' && code_point <= '9') ||
               (code_point >= 'A' && code_point <= 'Z') ||
               (code_point >= 'a' && code_point <= 'z');
    }
    return MB_CUR_MAX == 1 ? !utf8_is_hostile(code_point)
                           : iswalnum((wint_t)code_point) != 0;
}

bool utf8_is_separator(uint32_t code_point)
{
    static const struct {
        uint32_t first, last;
    } RANGES[] = {
        {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
        {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        if (code_point >= RANGES[i].first && code_point <= RANGES[i].last) {
            return true;
        }
    }
    return false;
}

void utf8_use_locale(void)
{
    // Without that locale utf8_columns says 1: only the place of a caret suffers; and
    // utf8_is_alnum takes too much rather than too little.
    (void)setlocale(LC_CTYPE, "C.UTF-8");
}
