// Values enter, YAML in flow style leaves.
#include "value_yaml.h"

#include "json_write.h"
#include "yaml_write.h"

// A text that nothing can take for something else.
static void put_text(struct buf *out, struct str text)
{
    buf_puts(out, text.len == 0 ? "\"\"" : "");
    if (text.len > 0) {
        yaml_put_string(out, text);
    }
}

static void put_bytes(struct buf *out, struct str bytes)
{
    buf_char(out, '"');
    json_put_base64(out, bytes);
    buf_char(out, '"');
}

static void put_set(struct buf *out, const struct value *value)
{
    buf_puts(out, value->type == VALUE_SS   ? "!SS ["
                  : value->type == VALUE_NS ? "!NS ["
                                            : "!BS [");
    for (uint32_t i = 0; i < value->count; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        if (value->type == VALUE_SS) {
            put_text(out, value->members[i]);
        } else if (value->type == VALUE_NS) {
            buf_put(out, value->members[i]);
        } else {
            put_bytes(out, value->members[i]);
        }
    }
    buf_char(out, ']');
}

// As deep as values are (B012).
void value_yaml_put(struct buf *out, const struct value *value)
{
    switch ((enum value_type)value->type) {
    case VALUE_N:
        buf_put(out, value->text);
        break;
    case VALUE_B:
        buf_puts(out, "!B ");
        put_bytes(out, value->text);
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
        put_set(out, value);
        break;
    case VALUE_L:
        buf_char(out, '[');
        for (uint32_t i = 0; i < value->count; i++) {
            buf_puts(out, i > 0 ? ", " : "");
            value_yaml_put(out, value->items[i]);
        }
        buf_char(out, ']');
        break;
    case VALUE_M:
        value_yaml_put_item(out, value->entries, value->count);
        break;
    case VALUE_S:
    case VALUE_TEMPLATE:
    default:
        put_text(out, value->text);
        break;
    }
}

void value_yaml_put_item(struct buf *out, const struct value_entry *entries,
                         size_t count)
{
    if (count == 0) {
        buf_puts(out, "{}");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i == 0 ? "{ " : ", ");
        put_text(out, entries[i].name);
        buf_puts(out, ": ");
        value_yaml_put(out, entries[i].value);
    }
    buf_puts(out, " }");
}
