// Masking. Enters: an error text and the secret. Leaves: the text without it. Decoding
// as it compares finds the secret however its characters are escaped.
#include "pg_mask.h"

#include "ascii.h"
#include "buf.h"

#define TEXT_MAX ((size_t)1 << 20)

static int hex_of(char c)
{
    if (ascii_is_digit(c)) {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

// The byte that "%2F" at the start of text stands for, or -1.
static int decode(struct str text)
{
    if (text.len < 3 || text.at[0] != '%') {
        return -1;
    }
    int high = hex_of(text.at[1]);
    int low = hex_of(text.at[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

// The bytes that secret takes at the start of text, or 0 when it does not stand there.
// Where a percent sign may be read both ways, escaped says which is tried.
static size_t match(struct str text, struct str secret, bool escaped)
{
    size_t at = 0;
    for (size_t i = 0; i < secret.len; i++) {
        struct str rest = str_skip(text, at);
        bool as_escape = decode(rest) == (unsigned char)secret.at[i];
        bool as_itself = rest.len > 0 && rest.at[0] == secret.at[i];
        if (!as_escape && !as_itself) {
            return 0;
        }
        at += as_escape && (escaped || !as_itself) ? 3 : 1;
    }
    return at;
}

struct str pg_mask(struct str text, struct str secret, struct arena *arena)
{
    if (secret.len == 0) {
        return text;
    }
    struct buf out;
    buf_init(&out, TEXT_MAX);
    while (text.len > 0) {
        size_t len = match(text, secret, true);
        if (len == 0) {
            len = match(text, secret, false);
        }
        if (len > 0) {
            buf_put(&out, STR("***"));
            text = str_skip(text, len);
        } else {
            buf_char(&out, text.at[0]);
            text = str_skip(text, 1);
        }
    }
    struct str masked = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    return masked;
}
