// Flags to a header: values enter, YAML that reads back as those values leaves.
#include "header_write.h"

#include "yaml_write.h"

#include <string.h>

// A duration begins with a digit and is no number: it needs no quotes.
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
    if (is_duration(value)) {
        buf_put(out, value);
    } else {
        yaml_put_value(out, value);
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
        yaml_put_string(out, values->labels[i]);
        buf_puts(out, ": ");
        yaml_put_string(out, values->handles[i]);
        buf_char(out, '\n');
    }
    put_field(out, "starts_at", values->starts_at);
    put_field(out, "interval", values->interval);
    put_field(out, "continuation", values->continuation);
    buf_puts(out, "---\n");
}
