// Flags to a header: values enter, YAML that reads back as those values leaves.
#include "header_write.h"

#include "utf8.h"

#include <string.h>

// Letters and digits with -_.@/+: and single blanks within, beginning with a letter,
// and no word that YAML dialects type: what nobody needs quotes around.
static bool is_plain(struct str s)
{
    static const char *const TYPED[] = {
        "true", "false", "null", "yes", "no",  "on", "off", "y",    "n",
        "True", "False", "Null", "Yes", "No",  "On", "Off", "TRUE", "FALSE",
        "NULL", "YES",   "NO",   "ON",  "OFF", "Y",  "N"};
    bool letter = s.len > 0 && ((s.at[0] >= 'a' && s.at[0] <= 'z') ||
                                (s.at[0] >= 'A' && s.at[0] <= 'Z'));
    if (!letter || s.at[s.len - 1] == ' ' || s.at[s.len - 1] == ':') {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || strchr("-_.@/+", c) != NULL;
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
        } else if (utf8_is_hostile(c)) {
            buf_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
        } else {
            buf_put(out, (struct str){s.at, n});
        }
        s = str_skip(s, n);
    }
    buf_char(out, '"');
}

static void put_value(struct buf *out, struct str s)
{
    if (is_plain(s)) {
        buf_put(out, s);
    } else {
        put_quoted(out, s);
    }
}

// Times and uuids begin with digits and are no numbers: they need no quotes either.
static bool is_digits_and_marks(struct str s)
{
    size_t marks = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool hex =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == 'T' || c == 'Z';
        if (!hex && strchr("-:+.", c) == NULL) {
            return false;
        }
        marks += c == '-' ? 1 : 0;
    }
    return s.len > 0 && marks >= 2 && s.at[0] != '-' && s.at[s.len - 1] != ':';
}

// So do durations.
static bool is_duration(struct str s)
{
    if (s.len < 2 || s.at[0] < '1' || s.at[0] > '9') {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if ((s.at[i] < '0' || s.at[i] > '9') && strchr("dhmsu", s.at[i]) == NULL) {
            return false;
        }
    }
    return s.at[s.len - 1] > '9';
}

static void put_field(struct buf *out, const char *name, struct str value)
{
    if (value.len == 0) {
        return;
    }
    buf_printf(out, "%s: ", name);
    if (is_digits_and_marks(value) || is_duration(value)) {
        buf_put(out, value);
    } else {
        put_value(out, value);
    }
    buf_char(out, '\n');
}

void header_write(struct buf *out, const struct header_values *values)
{
    buf_puts(out, "---\n");
    put_field(out, "conversation", values->conversation);
    buf_puts(out, "participants:\n");
    for (size_t i = 0; i < values->participant_count; i++) {
        buf_puts(out, "  ");
        put_value(out, values->labels[i]);
        buf_puts(out, ": ");
        put_value(out, values->handles[i]);
        buf_char(out, '\n');
    }
    put_field(out, "starts_at", values->starts_at);
    put_field(out, "interval", values->interval);
    put_field(out, "continuation", values->continuation);
    buf_puts(out, "---\n");
}
