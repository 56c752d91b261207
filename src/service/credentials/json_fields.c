// Members of a small object. In: JSON. Out: the texts of those that are wanted.
#include "json_fields.h"

#include "json_read.h"

static void keep(const struct json_field *fields, size_t count, struct str outer,
                 struct str name, struct str value)
{
    for (size_t i = 0; i < count; i++) {
        struct str path = str_from(fields[i].name);
        if (outer.len > 0) {
            if (!str_starts(path, outer) || path.len <= outer.len ||
                path.at[outer.len] != '.') {
                continue;
            }
            path = str_skip(path, outer.len + 1);
        }
        if (str_eq(path, name)) {
            *fields[i].text = value;
        }
    }
}

// Behind '{', to its '}'. Objects in it are looked into once.
static bool read_object(const struct json_field *fields, size_t count,
                        struct json_reader *reader, struct str outer)
{
    enum json_token token = json_next(reader);
    for (; token == JSON_NAME; token = json_next(reader)) {
        struct str name = json_text(reader);
        struct str raw;
        token = json_next(reader);
        if (token == JSON_STRING || token == JSON_NUMBER) {
            keep(fields, count, outer, name, json_text(reader));
        } else if (token == JSON_OBJECT_BEGIN && outer.len == 0 && name.len > 0) {
            if (!read_object(fields, count, reader, name)) {
                return false;
            }
        } else if (!json_skip(reader, &raw)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

bool json_fields_read(const struct json_field *fields, size_t count, struct str text,
                      struct arena *arena)
{
    struct json_reader reader;
    json_reader_init(&reader, text, arena);
    return json_next(&reader) == JSON_OBJECT_BEGIN &&
           read_object(fields, count, &reader, (struct str){0}) &&
           json_next(&reader) == JSON_END;
}
