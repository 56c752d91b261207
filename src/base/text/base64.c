// Strict base64 in, bytes out (rule B010). Each byte sequence has exactly one text:
// padding is required, and the bits that it leaves unused are zero.
#include "base64.h"

#include <stdint.h>

// The six bits of a digit, or -1.
static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : (c == '/' ? 63 : -1);
}

// Decodes len digits (2 to 4) into len - 1 bytes.
static bool group_decode(unsigned char *to, const char *from, size_t len)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < len; i++) {
        int value = digit_value(from[i]);
        if (value < 0) {
            return false;
        }
        bits |= (uint32_t)value << (18 - 6 * i);
    }
    for (size_t i = 0; i + 1 < len; i++) {
        to[i] = (unsigned char)(bits >> (16 - 8 * i));
    }
    return (bits & (UINT32_C(0xFFFFFF) >> (8 * (len - 1)))) == 0;
}

bool base64_decode(struct str *out, struct str text, struct arena *arena)
{
    *out = (struct str){"", 0};
    if (text.len == 0) {
        return true;
    }
    if (text.len % 4 != 0) {
        return false;
    }
    size_t digits = text.len;
    for (int i = 0; i < 2 && text.at[digits - 1] == '='; i++) {
        digits--;
    }
    unsigned char *bytes = arena_alloc(arena, text.len / 4 * 3);
    size_t len = 0;
    for (size_t at = 0; at < digits; at += 4) {
        size_t group = digits - at < 4 ? digits - at : 4;
        if (!group_decode(bytes + len, text.at + at, group)) {
            return false;
        }
        len += group - 1;
    }
    *out = (struct str){(const char *)bytes, len};
    return true;
}
