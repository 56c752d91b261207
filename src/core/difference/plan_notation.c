// Values enter, pieces of lines leave. Strings are written by the JSON writer, which
// lets nothing through to a terminal that moves a cursor or changes a colour.
#include "plan_notation.h"

#include "json_write.h"
#include "nfc.h"
#include "utf8.h"

#include <string.h>

#define CONTEXT_BYTES 24 // of a long text, around what differs in it
#define SHOWN_BYTES 160  // of a value
#define WIDE_BYTES 80    // one that is wider has a line of its own

void notation_put_color(struct buf *out, const char *sequence, bool color)
{
    buf_puts(out, color ? sequence : "");
}

static bool is_inside(struct str text, size_t at)
{
    return at < text.len && ((unsigned char)text.at[at] & 0xc0U) == 0x80U;
}

// At most len bytes, not within a character.
static struct str clip(struct str text, size_t len)
{
    if (text.len <= len) {
        return text;
    }
    while (len > 0 && is_inside(text, len)) {
        len--;
    }
    return (struct str){text.at, len};
}

static void put_code(struct buf *out, uint32_t c)
{
    if (c > 0xFFFF) {
        buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD7C0 + (c >> 10)),
                   (unsigned)(0xDC00 + (c & 0x3FF)));
    } else {
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

// The first character of text, by its code if it is not ASCII. How many bytes it has.
static size_t put_first(struct buf *out, struct str text)
{
    uint32_t c = 0;
    size_t len = utf8_decode(text, &c);
    if (len <= 1) {
        json_put_escaped(out, (struct str){text.at, 1});
        return 1;
    }
    put_code(out, c);
    return len;
}

// As it stands, but for letters that are written in two characters where one looks the
// same: of these what is not ASCII shows its code.
static void put_composed(struct buf *out, struct str text)
{
    struct str rest = text;
    while (rest.len > 0) {
        size_t at = nfc_check(rest);
        uint32_t c = 0;
        json_put_escaped(out, (struct str){rest.at, at});
        rest = str_skip(rest, at);
        rest = str_skip(rest, rest.len > 0 ? put_first(out, rest) : 0);
        while (rest.len > 0 && utf8_decode(rest, &c) > 1 && !utf8_is_hostile(c) &&
               utf8_columns(c) == 0) {
            rest = str_skip(rest, put_first(out, rest));
        }
    }
}

static void put_string(struct buf *out, struct str text, bool before, bool after)
{
    buf_char(out, '"');
    buf_puts(out, before ? "…" : "");
    put_composed(out, text);
    buf_puts(out, after ? "…" : "");
    buf_char(out, '"');
}

static void put_text(struct buf *out, struct str text, enum notation_room room)
{
    struct str shown = room == NOTATION_CUT ? clip(text, SHOWN_BYTES) : text;
    put_string(out, shown, false, shown.len < text.len);
}

void notation_put_name(struct buf *out, struct str name, enum notation_room room)
{
    if (json_is_word(name) && (name.len <= SHOWN_BYTES || room != NOTATION_CUT)) {
        buf_put(out, name);
    } else if (name.len <= SHOWN_BYTES || room != NOTATION_CUT) {
        json_put_word(out, name);
    } else {
        put_text(out, name, room);
    }
}

// ---- values, whole

static void put_value(struct buf *out, const struct value *value);

void notation_put_member(struct buf *out, struct str member, enum value_type type)
{
    if (type == VALUE_N || type == VALUE_NS) {
        buf_put(out, member);
    } else if (type == VALUE_S || type == VALUE_SS) {
        put_string(out, member, false, false);
    } else {
        buf_char(out, '"');
        json_put_base64(out, member);
        buf_char(out, '"');
    }
}

static void put_members(struct buf *out, const struct value *value)
{
    buf_printf(out, "!%s [", value_type_name(value->type));
    for (size_t i = 0; i < value->count; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        notation_put_member(out, value->members[i], value->type);
    }
    buf_char(out, ']');
}

static void put_items(struct buf *out, const struct value *value)
{
    buf_char(out, '[');
    for (size_t i = 0; i < value->count; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        put_value(out, value->items[i]);
    }
    buf_char(out, ']');
}

static void put_entries(struct buf *out, const struct value *value)
{
    buf_puts(out, value->count > 0 ? "{ " : "{");
    for (size_t i = 0; i < value->count; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        notation_put_name(out, value->entries[i].name, NOTATION_WHOLE);
        buf_puts(out, ": ");
        put_value(out, value->entries[i].value);
    }
    buf_puts(out, value->count > 0 ? " }" : "}");
}

static void put_value(struct buf *out, const struct value *value)
{
    switch (value->type) {
    case VALUE_S:
    case VALUE_N:
        notation_put_member(out, value->text, value->type);
        break;
    case VALUE_B:
        buf_puts(out, "!B ");
        notation_put_member(out, value->text, value->type);
        break;
    case VALUE_BOOL:
        buf_puts(out, value->boolean ? "true" : "false");
        break;
    case VALUE_NULL:
        buf_puts(out, "null");
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        put_members(out, value);
        break;
    case VALUE_L:
        put_items(out, value);
        break;
    case VALUE_M:
    case VALUE_TEMPLATE:
    default:
        put_entries(out, value);
        break;
    }
}

void notation_put_value(struct buf *out, const struct value *value,
                        enum notation_room room)
{
    if (room == NOTATION_WHOLE || value->type == VALUE_N) {
        put_value(out, value);
        return;
    }
    if (value->type == VALUE_S) {
        put_text(out, value->text, room);
        return;
    }
    struct buf whole;
    buf_init(&whole, SIZE_MAX);
    put_value(&whole, value);
    struct str shown = clip(buf_str(&whole), SHOWN_BYTES);
    buf_put(out, shown);
    buf_puts(out, shown.len < whole.len ? "…" : "");
    buf_deinit(&whole);
}

// ---- two of them

// How far two texts agree from their start, whole characters only.
static size_t common_start(struct str a, struct str b)
{
    size_t len = 0;
    while (len < a.len && len < b.len && a.at[len] == b.at[len]) {
        len++;
    }
    while (len > 0 && (is_inside(a, len) || is_inside(b, len))) {
        len--;
    }
    return len;
}

static size_t common_end(struct str a, struct str b, size_t start)
{
    size_t len = 0;
    while (len < a.len - start && len < b.len - start &&
           a.at[a.len - 1 - len] == b.at[b.len - 1 - len]) {
        len++;
    }
    while (len > 0 && is_inside(a, a.len - len)) {
        len--;
    }
    return len;
}

// The part from `start` to `end` bytes before the end, with some of what is around it,
// whole characters only. A string is quoted, other values stand as they are.
static void put_excerpt(struct buf *out, struct str text, size_t start, size_t end,
                        bool quoted)
{
    size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
    size_t to = text.len - end + CONTEXT_BYTES;
    to = to < text.len ? to : text.len;
    while (from > 0 && is_inside(text, from)) {
        from--;
    }
    while (is_inside(text, to)) {
        to++;
    }
    struct str shown = clip((struct str){text.at + from, to - from}, SHOWN_BYTES);
    bool before = from > 0;
    bool after = from + shown.len < text.len;
    if (quoted) {
        put_string(out, shown, before, after);
        return;
    }
    buf_puts(out, before ? "…" : "");
    buf_put(out, shown);
    buf_puts(out, after ? "…" : "");
}

// What a reader takes a text for: blanks of all kinds are one, what has no width is not
// seen, and letters are as they are composed.
static void put_looks(struct buf *out, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        size_t len = utf8_decode(str_skip(text, at), &c);
        bool blank = utf8_is_blank(c);
        len = len == 0 ? 1 : len;
        if (blank) {
            buf_char(out, ' ');
        } else if (utf8_is_hostile(c) || utf8_columns(c) > 0) { // else it is not seen
            buf_put(out, (struct str){text.at + at, len});
        }
        at += len;
    }
}

static bool looks_same(struct str a, struct str b)
{
    struct buf left;
    struct buf right;
    buf_init(&left, SIZE_MAX);
    buf_init(&right, SIZE_MAX);
    put_looks(&left, a);
    put_looks(&right, b);
    bool same = str_eq(buf_str(&left), buf_str(&right));
    buf_deinit(&left);
    buf_deinit(&right);
    return same;
}

// All that is not ASCII as an escape of JSON's.
static struct str escaped(struct buf *out, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = 0;
        size_t len = utf8_decode(str_skip(text, at), &c);
        if (len <= 1) {
            buf_char(out, text.at[at]);
        } else {
            put_code(out, c);
        }
        at += len == 0 ? 1 : len;
    }
    return buf_str(out);
}

// Both as they are shown, apart in form where they look alike.
static void tell_apart(struct buf *old, struct buf *new)
{
    if (!looks_same(buf_str(old), buf_str(new))) {
        return;
    }
    struct buf *const both[] = {old, new};
    for (size_t i = 0; i < 2; i++) {
        struct buf plain;
        buf_init(&plain, SIZE_MAX);
        (void)escaped(&plain, buf_str(both[i]));
        buf_reset(both[i]);
        buf_put(both[i], buf_str(&plain));
        buf_deinit(&plain);
    }
}

// What a long value is compared as: a string's text, of others the notation.
static struct str comparable(const struct value *value, bool quoted, struct buf *whole)
{
    if (quoted) {
        return value->text;
    }
    put_value(whole, value);
    return buf_str(whole);
}

static void put_excerpts(struct buf *old_out, struct buf *new_out,
                         const struct value *old, const struct value *new)
{
    bool quoted = old->type == VALUE_S && new->type == VALUE_S;
    struct buf wholes[2];
    buf_init(&wholes[0], SIZE_MAX);
    buf_init(&wholes[1], SIZE_MAX);
    struct str from = comparable(old, quoted, &wholes[0]);
    struct str to = comparable(new, quoted, &wholes[1]);
    size_t start = common_start(from, to);
    size_t end = common_end(from, to, start);
    put_excerpt(old_out, from, start, end, quoted);
    put_excerpt(new_out, to, start, end, quoted);
    buf_deinit(&wholes[0]);
    buf_deinit(&wholes[1]);
}

bool notation_put_both(struct buf *old_out, struct buf *new_out,
                       const struct value *old, const struct value *new,
                       enum notation_room room)
{
    put_value(old_out, old);
    put_value(new_out, new);
    bool wide = old_out->len > WIDE_BYTES || new_out->len > WIDE_BYTES;
    if (wide && room == NOTATION_CUT) {
        buf_reset(old_out);
        buf_reset(new_out);
        put_excerpts(old_out, new_out, old, new);
    }
    tell_apart(old_out, new_out);
    return wide;
}

void notation_put_change(struct buf *out, const struct value *old,
                         const struct value *new, enum notation_room room, bool color)
{
    struct buf from;
    struct buf to;
    buf_init(&from, SIZE_MAX);
    buf_init(&to, SIZE_MAX);
    bool wide = notation_put_both(&from, &to, old, new, room);
    notation_put_color(out, NOTATION_OLD, color);
    buf_put(out, buf_str(&from));
    notation_put_color(out, NOTATION_OFF, color);
    buf_puts(out, wide ? "\n -> " : " -> ");
    notation_put_color(out, NOTATION_NEW, color);
    buf_put(out, buf_str(&to));
    notation_put_color(out, NOTATION_OFF, color);
    buf_deinit(&from);
    buf_deinit(&to);
}
