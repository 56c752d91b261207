// An item's key by its meaning: parts in the table's order, numbers and bytes by value.
// Everything else of the item is read over.
#include "item_key.h"

#include "base64.h"
#include "buf.h"
#include "number.h"

// A key's parts have at most 2 and 1 KiB; those of files that are not sent yet may have
// more.
#define KEY_TEXT_MAX ((size_t)32 << 20)

static bool expect(struct json_reader *reader, enum json_token token)
{
    return json_next(reader) == token;
}

// One attribute value {"S":"..."}, whose first token is next, in canonical form.
static bool value_read_canonical(struct str *out, struct json_reader *reader, char type,
                                 struct arena *scratch)
{
    if (!expect(reader, JSON_OBJECT_BEGIN) || !expect(reader, JSON_NAME) ||
        !str_eq(json_text(reader), (struct str){&type, 1}) ||
        !expect(reader, JSON_STRING)) {
        return false;
    }
    struct str text = json_text(reader);
    if (!expect(reader, JSON_OBJECT_END)) {
        return false;
    }
    if (type == 'N') {
        char digits[NUMBER_TEXT_MAX];
        size_t len = 0;
        if (number_canonical(digits, &len, text) != NUMBER_OK) {
            return false;
        }
        *out = arena_str(scratch, (struct str){digits, len});
        return true;
    }
    if (type == 'B') {
        return base64_decode(out, text, scratch);
    }
    *out = text;
    return true;
}

// The position of a name among the table's key attributes, hash first; or their number.
static size_t find_key_part(const struct table *table, struct str name)
{
    const struct key_schema *key = &table->key;
    for (size_t i = 0; i < key->hash_count; i++) {
        if (str_eq(key->hash[i].name, name)) {
            return i;
        }
    }
    for (size_t i = 0; i < key->range_count; i++) {
        if (str_eq(key->range[i].name, name)) {
            return key->hash_count + i;
        }
    }
    return key->hash_count + key->range_count;
}

// "LENGTH:bytes" of each part: no two keys have the same text.
static struct str join_parts(const struct str *parts, size_t count,
                             struct arena *scratch)
{
    struct buf key;
    buf_init(&key, KEY_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_uint(&key, parts[i].len);
        buf_char(&key, ':');
        buf_put(&key, parts[i]);
    }
    struct str text =
        key.overflowed ? str_from(NULL) : arena_str(scratch, buf_str(&key));
    buf_deinit(&key);
    return text;
}

bool item_key_read(struct str *out, struct json_reader *reader,
                   const struct table *table, struct arena *scratch)
{
    struct str parts[2 * KEY_MAX_PARTS] = {0};
    size_t count = table->key.hash_count + table->key.range_count;
    size_t found = 0;
    enum json_token token;
    if (!expect(reader, JSON_OBJECT_BEGIN)) {
        return false;
    }
    while ((token = json_next(reader)) == JSON_NAME) {
        struct str name = json_text(reader);
        size_t part = find_key_part(table, name);
        if (part == count) {
            struct str raw;
            json_next(reader);
            if (!json_skip(reader, &raw)) {
                return false;
            }
            continue;
        }
        const struct attribute_definition *definition =
            table_find_attribute(table, name);
        if (definition == NULL ||
            !value_read_canonical(&parts[part], reader, definition->type, scratch)) {
            return false;
        }
        found++;
    }
    if (token != JSON_OBJECT_END || found != count) {
        return false;
    }
    *out = join_parts(parts, count, scratch);
    return out->len > 0;
}
