// One array of at most a hundred keys, in the order in which they were written.
#include "asked_keys.h"

#include "die.h"
#include "item_key.h"
#include "json_write.h"

#define MEMBERS_MAX ((size_t)16 << 20)

// "Keys":[{...},...] of ours, whose array is the next token.
static bool read_keys(struct asked_keys *asked, struct json_reader *reader)
{
    enum json_token token = json_next(reader);
    if (token != JSON_ARRAY_BEGIN) {
        return false;
    }
    while ((token = json_next(reader)) == JSON_OBJECT_BEGIN) {
        struct asked_key key = {.left = true};
        struct json_reader again;
        if (!json_skip(reader, &key.json) || asked->count == ASKED_KEYS_MAX) {
            return false;
        }
        json_reader_init(&again, key.json, &asked->arena);
        if (!item_key_read(&key.text, &again, asked->table, &asked->arena)) {
            return false;
        }
        asked->keys[asked->count++] = key;
    }
    return token == JSON_ARRAY_END;
}

void asked_keys_init(struct asked_keys *asked, struct str members,
                     const struct table *table)
{
    struct json_reader reader;
    struct buf whole;
    *asked = (struct asked_keys){.table = table};
    buf_init(&whole, MEMBERS_MAX);
    buf_char(&whole, '{');
    buf_put(&whole, members);
    buf_char(&whole, '}');
    json_reader_init(&reader, arena_str(&asked->arena, buf_str(&whole)), &asked->arena);
    buf_deinit(&whole);
    if (json_next(&reader) != JSON_OBJECT_BEGIN || json_next(&reader) != JSON_NAME ||
        !str_eq(json_text(&reader), table->name) ||
        json_next(&reader) != JSON_OBJECT_BEGIN || json_next(&reader) != JSON_NAME ||
        !str_is(json_text(&reader), "Keys") || !read_keys(asked, &reader)) {
        die("a BatchGetItem of ours cannot be read");
    }
    asked->rest = str_skip(reader.text, reader.at);
    asked->rest.len -= asked->rest.len < 2 ? asked->rest.len : 2; // the braces
}

void asked_keys_deinit(struct asked_keys *asked)
{
    arena_deinit(&asked->arena);
    *asked = (struct asked_keys){0};
}

size_t asked_keys_left(const struct asked_keys *asked)
{
    size_t left = 0;
    for (size_t i = 0; i < asked->count; i++) {
        left += asked->keys[i].left;
    }
    return left;
}

void asked_keys_write(struct buf *out, const struct asked_keys *asked)
{
    const char *before = "";
    buf_puts(out, "{\"RequestItems\":{");
    json_put_string(out, asked->table->name);
    buf_puts(out, ":{\"Keys\":[");
    for (size_t i = 0; i < asked->count; i++) {
        if (asked->keys[i].left) {
            buf_puts(out, before);
            buf_put(out, asked->keys[i].json);
            before = ",";
        }
    }
    buf_char(out, ']');
    buf_put(out, asked->rest);
    buf_puts(out, "}}");
}

// The key of the item that begins with the reader's next token, among those that the
// request asked for; NULL: it is none of them.
static struct asked_key *find(struct asked_keys *asked, struct json_reader *reader,
                              struct arena *scratch)
{
    struct str text;
    if (!item_key_read(&text, reader, asked->table, scratch)) {
        return NULL;
    }
    for (size_t i = 0; i < asked->count; i++) {
        if (asked->keys[i].left && str_eq(asked->keys[i].text, text)) {
            return &asked->keys[i];
        }
    }
    return NULL;
}

bool asked_keys_take(struct asked_keys *asked, struct str item, struct arena *scratch)
{
    struct json_reader reader;
    json_reader_init(&reader, item, scratch);
    struct asked_key *key = find(asked, &reader, scratch);
    if (key == NULL || key->unprocessed) {
        return false;
    }
    key->left = false;
    return true;
}

// "Keys":[...] of what is left over.
static bool read_unprocessed(struct asked_keys *asked, struct json_reader *reader,
                             struct arena *scratch)
{
    if (json_next(reader) != JSON_ARRAY_BEGIN) {
        return false;
    }
    // The reader of a key wants its object whole: arrays are walked by raw values.
    enum json_token token;
    while ((token = json_next(reader)) == JSON_OBJECT_BEGIN) {
        struct str raw;
        struct json_reader inner;
        if (!json_skip(reader, &raw)) {
            return false;
        }
        json_reader_init(&inner, raw, scratch);
        struct asked_key *key = find(asked, &inner, scratch);
        if (key == NULL || key->unprocessed) {
            return false;
        }
        key->unprocessed = true;
    }
    return token == JSON_ARRAY_END;
}

// {"Keys":[...],...} of our table, whose first token was just returned.
static bool read_table(struct asked_keys *asked, struct json_reader *reader,
                       struct arena *scratch)
{
    enum json_token token;
    while ((token = json_next(reader)) == JSON_NAME) {
        struct str raw;
        bool keys = str_is(json_text(reader), "Keys");
        if (keys ? !read_unprocessed(asked, reader, scratch)
                 : json_next(reader) == JSON_ERROR || !json_skip(reader, &raw)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

bool asked_keys_unprocessed(struct asked_keys *asked, struct json_reader *reader,
                            struct arena *scratch)
{
    enum json_token token;
    while ((token = json_next(reader)) == JSON_NAME) {
        if (!str_eq(json_text(reader), asked->table->name) ||
            json_next(reader) != JSON_OBJECT_BEGIN ||
            !read_table(asked, reader, scratch)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

void asked_keys_answered(struct asked_keys *asked)
{
    for (size_t i = 0; i < asked->count; i++) {
        struct asked_key *key = &asked->keys[i];
        key->left = key->left && key->unprocessed;
        key->unprocessed = false;
    }
}
