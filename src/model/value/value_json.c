// DynamoDB JSON enters, values leave. Strict: an unknown type, a member too many or a
// name that stands twice is no item.
#include "value_json.h"

#include "base64.h"
#include "json_read.h"
#include "map.h"
#include "number.h"

#include <string.h>

#define FEW_NAMES 16 // compared one by one

struct item_reader {
    struct json_reader json;
    struct arena *arena;
    const char *why;
};

static bool refuse(struct item_reader *reader, const char *why)
{
    if (reader->why == NULL) {
        reader->why = why;
    }
    return false;
}

static bool expect(struct item_reader *reader, enum json_token token)
{
    return json_next(&reader->json) == token ||
           refuse(reader, "an attribute value is malformed");
}

static bool type_of(uint8_t *out, struct str name)
{
    for (int type = VALUE_S; type <= VALUE_M; type++) {
        if (str_is(name, value_type_name((enum value_type)type))) {
            *out = (uint8_t)type;
            return true;
        }
    }
    return false;
}

static bool read_scalar_text(struct item_reader *reader, struct str *out,
                             enum value_type type)
{
    struct str text = json_text(&reader->json);
    if (type == VALUE_N || type == VALUE_NS) {
        char digits[NUMBER_TEXT_MAX];
        size_t len = 0;
        if (number_canonical(digits, &len, text) != NUMBER_OK) {
            return refuse(reader, "a number is none");
        }
        *out = arena_str(reader->arena, (struct str){digits, len});
        return true;
    }
    if (type == VALUE_B || type == VALUE_BS) {
        return base64_decode(out, text, reader->arena) ||
               refuse(reader, "a binary value is no base64");
    }
    *out = text;
    return true;
}

static bool read_set(struct item_reader *reader, struct value *out)
{
    size_t cap = 0;
    enum json_token token;
    if (!expect(reader, JSON_ARRAY_BEGIN)) {
        return false;
    }
    while ((token = json_next(&reader->json)) == JSON_STRING) {
        out->members = arena_grow(reader->arena, out->members, out->count,
                                  out->count + 1, &cap, sizeof *out->members);
        if (!read_scalar_text(reader, &out->members[out->count++], out->type)) {
            return false;
        }
    }
    return token == JSON_ARRAY_END || refuse(reader, "a set is malformed");
}

static struct value *read_value(struct item_reader *reader, enum json_token first);

static bool read_list(struct item_reader *reader, struct value *out)
{
    size_t cap = 0;
    enum json_token token;
    if (!expect(reader, JSON_ARRAY_BEGIN)) {
        return false;
    }
    while ((token = json_next(&reader->json)) == JSON_OBJECT_BEGIN) {
        out->items = arena_grow(reader->arena, out->items, out->count, out->count + 1,
                                &cap, sizeof(struct value *));
        out->items[out->count] = read_value(reader, token);
        if (out->items[out->count++] == NULL) {
            return false;
        }
    }
    return token == JSON_ARRAY_END || refuse(reader, "a list is malformed");
}

// Whether the name of entries[count] stands before it. `names` helps where there are
// many.
static bool is_twice(struct map *names, const struct value_entry *entries, size_t count)
{
    if (count < FEW_NAMES) {
        size_t i = 0;
        while (i < count && !str_eq(entries[i].name, entries[count].name)) {
            i++;
        }
        return i < count;
    }
    bool added = false;
    for (size_t i = 0; i < count && names->count < count; i++) {
        map_add(names, entries[i].name, NULL);
    }
    map_add(names, entries[count].name, &added);
    return !added;
}

// The members of an object whose '{' was read.
static bool read_entries(struct item_reader *reader, struct value_entry **entries,
                         size_t *count)
{
    size_t cap = 0;
    enum json_token token;
    struct map names;
    map_init(&names, reader->arena);
    while ((token = json_next(&reader->json)) == JSON_NAME) {
        *entries = arena_grow(reader->arena, *entries, *count, *count + 1, &cap,
                              sizeof **entries);
        struct value_entry *entry = &(*entries)[*count];
        *entry = (struct value_entry){.name = json_text(&reader->json)};
        if (is_twice(&names, *entries, *count)) {
            return refuse(reader, "a name stands twice");
        }
        entry->value = read_value(reader, json_next(&reader->json));
        (*count)++;
        if (entry->value == NULL) {
            return false;
        }
    }
    return token == JSON_OBJECT_END || refuse(reader, "a map is malformed");
}

static bool read_map(struct item_reader *reader, struct value *out)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    bool ok = read_entries(reader, &entries, &count);
    out->entries = entries;
    out->count = (uint32_t)count;
    return ok;
}

static bool read_payload(struct item_reader *reader, struct value *out)
{
    switch (out->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return expect(reader, JSON_STRING) &&
               read_scalar_text(reader, &out->text, out->type);
    case VALUE_BOOL: {
        enum json_token token = json_next(&reader->json);
        out->boolean = token == JSON_TRUE;
        return token == JSON_TRUE || token == JSON_FALSE ||
               refuse(reader, "BOOL is neither true nor false");
    }
    case VALUE_NULL:
        return expect(reader, JSON_TRUE);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return read_set(reader, out);
    case VALUE_L:
        return read_list(reader, out);
    case VALUE_M:
    case VALUE_TEMPLATE:
    default:
        return expect(reader, JSON_OBJECT_BEGIN) && read_map(reader, out);
    }
}

// {"S":"..."}, of which the first token was read. NULL: refused.
static struct value *read_value(struct item_reader *reader, enum json_token first)
{
    struct value *value = arena_alloc(reader->arena, sizeof *value);
    *value = (struct value){0};
    if (first != JSON_OBJECT_BEGIN || json_next(&reader->json) != JSON_NAME ||
        !type_of(&value->type, json_text(&reader->json))) {
        (void)refuse(reader, "an attribute value has no known type");
        return NULL;
    }
    if (!read_payload(reader, value) || !expect(reader, JSON_OBJECT_END)) {
        return NULL;
    }
    return value;
}

bool value_json_read_item(struct value_entry **entries, size_t *count, struct str json,
                          struct arena *arena, const char **why)
{
    struct item_reader reader = {.arena = arena};
    *entries = NULL;
    *count = 0;
    json_reader_init(&reader.json, json, arena);
    bool ok = json_next(&reader.json) == JSON_OBJECT_BEGIN &&
              read_entries(&reader, entries, count) &&
              json_next(&reader.json) == JSON_END;
    *why = reader.why != NULL ? reader.why : "it is no object";
    return ok;
}
