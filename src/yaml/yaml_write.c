// Strings to YAML. In: any text. Out: a scalar that reads back as that text, quoted
// where some dialect would read something else, with everything escaped that could
// harm whoever looks at the file.
#include "yaml_write.h"

#include "ascii.h"
#include "utf8.h"

#include <stdint.h>
#include <string.h>

// A key without `?` may take up to 1,024 characters, quotes included.
#define SIMPLE_KEY_MAX 1000

// Letters and digits with -_.@/+ and blanks within, beginning with a letter,
// and no word that YAML dialects type: what nobody needs quotes around.
static bool is_plain(struct str s)
{
    static const char *const TYPED[] = {
        "true", "false", "null", "yes", "no",  "on", "off", "y",    "n",
        "True", "False", "Null", "Yes", "No",  "On", "Off", "TRUE", "FALSE",
        "NULL", "YES",   "NO",   "ON",  "OFF", "Y",  "N"};
    bool letter = s.len > 0 && (ascii_is_letter(s.at[0]));
    if (!letter || s.at[s.len - 1] == ' ') {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool word = ascii_is_alnum(c) || strchr("-_.@/+", c) != NULL;
        if (c == '\0' || (!word && c != ' ')) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof TYPED / sizeof TYPED[0]; i++) {
        if (str_is(s, TYPED[i])) {
            return false;
        }
    }
    return true;
}

static void put_quoted(struct buf *out, struct str s)
{
    buf_char(out, '"');
    while (s.len > 0) {
        uint32_t c = 0;
        size_t n = utf8_decode(s, &c);
        if (n == 0) { // refused when it is read back, at its place
            n = 1;
            buf_char(out, s.at[0]);
        } else if (c == '"' || c == '\\') {
            buf_char(out, '\\');
            buf_char(out, (char)c);
        } else if (utf8_is_hostile(c) || (c & 0xfffe) == 0xfffe) { // U+FFFE: no YAML
            buf_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
        } else {
            buf_put(out, (struct str){s.at, n});
        }
        s = str_skip(s, n);
    }
    buf_char(out, '"');
}

// Uuids, times, and what looks like them.
static bool is_digits_and_marks(struct str s)
{
    size_t marks = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool hex = ascii_is_digit(c) || (c >= 'a' && c <= 'f') || c == 'T' || c == 'Z';
        if (!hex && strchr("-:+.", c) == NULL) {
            return false;
        }
        marks += c == '-' ? 1 : 0;
    }
    return s.len > 0 && marks >= 2 && s.at[0] != '-' && s.at[s.len - 1] != ':';
}

void yaml_put_string(struct buf *out, struct str s)
{
    if (is_plain(s)) {
        buf_put(out, s);
    } else {
        put_quoted(out, s);
    }
}

void yaml_put_value(struct buf *out, struct str s)
{
    if (is_digits_and_marks(s)) {
        buf_put(out, s);
    } else {
        yaml_put_string(out, s);
    }
}

void yaml_put_key(struct buf *out, struct str s, unsigned indent)
{
    size_t from = out->len;
    yaml_put_string(out, s);
    if (out->len - from <= SIMPLE_KEY_MAX) {
        buf_char(out, ':');
        return;
    }
    out->len = from;
    buf_puts(out, "? ");
    yaml_put_string(out, s);
    buf_printf(out, "\n%*s:", (int)indent, "");
}
