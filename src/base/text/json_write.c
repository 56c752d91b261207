// Text and bytes on their way into JSON. In: well-formed UTF-8, or bytes for base64.
// Out: escaped text in a buf. A string that does not fit under the buf's ceiling is
// taken back whole.
#include "json_write.h"

#include "ascii.h"
#include "utf8.h"

// What a byte can be the beginning of.
enum byte_class {
    PLAIN = 0, // goes through
    ESCAPED,   // always escaped: C0, quote, backslash, DEL
    LOOK,      // may begin a code point that utf8_is_hostile names
};

// clang-format off
static const unsigned char byte_classes[256] = {
    [0x00] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    [0x10] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['"'] = ESCAPED, ['\\'] = ESCAPED, [0x7F] = ESCAPED,
    [0xC2] = LOOK, // C1
    [0xD8] = LOOK, // U+061C
    [0xE2] = LOOK, // U+200E to U+2069
    [0xEF] = LOOK, // U+FEFF
    [0xF3] = LOOK, // tag characters
};
// clang-format on

// Where the run of plain bytes ends that begins at at.
static const char *plain_end(const char *at, const char *end)
{
    const unsigned char *byte = (const unsigned char *)at;
    const unsigned char *stop = (const unsigned char *)end;

    // Eight at a time: one branch instead of eight.
    while (stop - byte >= 8 &&
           (byte_classes[byte[0]] | byte_classes[byte[1]] | byte_classes[byte[2]] |
            byte_classes[byte[3]] | byte_classes[byte[4]] | byte_classes[byte[5]] |
            byte_classes[byte[6]] | byte_classes[byte[7]]) == PLAIN) {
        byte += 8;
    }
    while (byte < stop && byte_classes[*byte] == PLAIN) {
        byte++;
    }
    return end - (stop - byte);
}

static void put_unit(struct buf *buf, uint32_t unit)
{
    static const char hex[] = "0123456789abcdef";
    const char text[6] = {
        '\\',
        'u',
        hex[unit >> 12 & 15],
        hex[unit >> 8 & 15],
        hex[unit >> 4 & 15],
        hex[unit & 15],
    };

    buf_put(buf, (struct str){text, sizeof text});
}

static void put_escape(struct buf *buf, uint32_t code_point)
{
    switch (code_point) {
    case '"':
        buf_put(buf, STR("\\\""));
        break;
    case '\\':
        buf_put(buf, STR("\\\\"));
        break;
    case '\n':
        buf_put(buf, STR("\\n"));
        break;
    case '\r':
        buf_put(buf, STR("\\r"));
        break;
    case '\t':
        buf_put(buf, STR("\\t"));
        break;
    case '\b':
        buf_put(buf, STR("\\b"));
        break;
    case '\f':
        buf_put(buf, STR("\\f"));
        break;
    default:
        if (code_point >= 0x10000) {
            put_unit(buf, 0xD800 + ((code_point - 0x10000) >> 10));
            put_unit(buf, 0xDC00 + (code_point & 0x3FF));
        } else {
            put_unit(buf, code_point);
        }
        break;
    }
}

// Writes [run, end) escaped; nothing before at needs it. Kept apart from
// json_put_escaped, so that the common case there stays small.
static void put_special(struct buf *buf, const char *run, const char *at,
                        const char *end)
{
    while (at < end) {
        uint32_t code_point = 0;
        size_t len = utf8_decode(str_slice(at, end), &code_point);
        if (byte_classes[(unsigned char)*at] == ESCAPED ||
            (len > 0 && utf8_is_hostile(code_point))) {
            buf_put(buf, str_slice(run, at));
            put_escape(buf, code_point);
            run = at + len;
        }
        at = plain_end(at + (len == 0 ? 1 : len), end);
    }
    buf_put(buf, str_slice(run, end));
}

void json_put_escaped(struct buf *buf, struct str s)
{
    if (s.len == 0) {
        return;
    }
    const char *end = s.at + s.len;
    const char *special = plain_end(s.at, end);
    if (special == end) {
        buf_put(buf, s);
        return;
    }
    size_t start = buf->len;
    bool overflowed = buf->overflowed;

    buf->overflowed = false;
    put_special(buf, s.at, special, end);
    if (buf->overflowed) {
        buf->len = start;
    }
    buf->overflowed |= overflowed;
}

void json_put_string(struct buf *buf, struct str s)
{
    size_t start = buf->len;
    bool overflowed = buf->overflowed;
    buf->overflowed = false;
    buf_char(buf, '"');
    json_put_escaped(buf, s);
    buf_char(buf, '"');
    if (buf->overflowed) {
        buf->len = start;
    }
    buf->overflowed |= overflowed;
}

bool json_is_word(struct str s)
{
    bool word = s.len > 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        word = word && (ascii_is_alnum(c) || c == '_' || c == '-');
    }
    return word;
}

void json_put_word(struct buf *buf, struct str s)
{
    if (json_is_word(s)) {
        buf_put(buf, s);
        return;
    }
    buf_char(buf, '"');
    for (size_t at = 0; at < s.len;) {
        uint32_t c = 0;
        size_t len = utf8_decode(str_skip(s, at), &c);
        bool unseen = len > 1 && c <= 0xFFFF && !utf8_is_hostile(c) &&
                      (utf8_is_blank(c) || utf8_columns(c) == 0);
        len = len == 0 ? 1 : len;
        if (unseen) {
            buf_printf(buf, "\\u%04x", (unsigned)c);
        } else {
            json_put_escaped(buf, (struct str){s.at + at, len});
        }
        at += len;
    }
    buf_char(buf, '"');
}

void json_put_base64(struct buf *buf, struct str bytes)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *from = (const unsigned char *)bytes.at;
    size_t groups = bytes.len / 3 + (bytes.len % 3 == 0 ? 0 : 1);
    char *to = buf_reserve(buf, groups * 4);

    if (to == NULL) {
        return;
    }
    for (size_t at = 0; at < bytes.len; at += 3) {
        size_t left = bytes.len - at;
        uint32_t bits = (uint32_t)from[at] << 16;
        bits |= left > 1 ? (uint32_t)from[at + 1] << 8 : 0;
        bits |= left > 2 ? from[at + 2] : 0;
        *to++ = digits[bits >> 18];
        *to++ = digits[bits >> 12 & 63];
        *to++ = (char)(left > 1 ? digits[bits >> 6 & 63] : '=');
        *to++ = (char)(left > 2 ? digits[bits & 63] : '=');
    }
    buf->len += groups * 4;
}
