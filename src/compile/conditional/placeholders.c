// Names and values enter as expressions mention them; the two maps of a request leave. A
// name has one placeholder however often it stands there.
#include "placeholders.h"

#include "json_write.h"

static size_t find_name(const struct placeholders *holders, struct str name)
{
    size_t i = 0;
    while (i < holders->name_count && !str_eq(holders->names[i], name)) {
        i++;
    }
    return i;
}

void placeholder_put_name(struct buf *out, struct placeholders *holders,
                          struct str name)
{
    size_t i = find_name(holders, name);
    if (i == holders->name_count) {
        holders->names =
            arena_grow(holders->arena, holders->names, holders->name_count,
                       holders->name_count + 1, &holders->name_cap, sizeof(struct str));
        holders->names[holders->name_count++] = name;
    }
    buf_puts(out, "#n");
    buf_uint(out, i);
}

void placeholder_put_value(struct buf *out, struct placeholders *holders,
                           const struct value *value)
{
    holders->values = arena_grow(holders->arena, holders->values, holders->value_count,
                                 holders->value_count + 1, &holders->value_cap,
                                 sizeof(const struct value *));
    buf_puts(out, ":v");
    buf_uint(out, holders->value_count);
    holders->values[holders->value_count++] = value;
}

struct placeholder_mark placeholders_mark(const struct placeholders *holders)
{
    return (struct placeholder_mark){holders->name_count, holders->value_count};
}

void placeholders_take_back(struct placeholders *holders, struct placeholder_mark mark)
{
    holders->name_count = mark.names;
    holders->value_count = mark.values;
}

void placeholders_write(struct buf *out, const struct placeholders *holders)
{
    for (size_t i = 0; i < holders->name_count; i++) {
        buf_puts(out, i == 0 ? ",\"ExpressionAttributeNames\":{" : ",");
        buf_printf(out, "\"#n%zu\":", i);
        json_put_string(out, holders->names[i]);
    }
    buf_puts(out, holders->name_count > 0 ? "}" : "");
    for (size_t i = 0; i < holders->value_count; i++) {
        buf_puts(out, i == 0 ? ",\"ExpressionAttributeValues\":{" : ",");
        buf_printf(out, "\":v%zu\":", i);
        value_write(out, holders->values[i]);
    }
    buf_puts(out, holders->value_count > 0 ? "}" : "");
}
