// Policies by their meaning: two JSON texts enter, each becomes a canonical text, and
// these are compared. The service gives a policy back as it likes.
#include "policy_equal.h"

#include "arena.h"
#include "buf.h"
#include "json_read.h"
#include "json_write.h"

#include <stdlib.h>

#define CANONICAL_MAX ((size_t)1 << 20) // a policy has 20 KB (A174)

struct member {
    struct str name; // of a list's: empty
    struct str value;
};

static bool put_value(struct buf *out, struct json_reader *reader,
                      enum json_token first);

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    int order = str_cmp(x->name, y->name);
    return order != 0 ? order : str_cmp(x->value, y->value);
}

// arn:aws:iam::123456789012:root -> 123456789012
static struct str account_of(struct str text)
{
    struct str mark = STR(":iam::");
    size_t at = str_find(text, mark);
    if (!str_starts(text, STR("arn:")) || at == text.len ||
        !str_ends(text, STR(":root"))) {
        return text;
    }
    text = str_skip(text, at + mark.len);
    return (struct str){text.at, text.len - 5};
}

// Appends members, sorted, each once; a list of one is that one.
static void put_members(struct buf *out, struct member *members, size_t count,
                        bool object)
{
    size_t kept = 0;
    qsort(members, count, sizeof *members, compare_members);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || compare_members(&members[kept - 1], &members[i]) != 0) {
            members[kept++] = members[i];
        }
    }
    if (!object && kept == 1) {
        buf_put(out, members[0].value);
        return;
    }
    buf_char(out, object ? '{' : '[');
    for (size_t i = 0; i < kept; i++) {
        buf_puts(out, i > 0 ? "," : "");
        if (object) {
            json_put_string(out, members[i].name);
            buf_char(out, ':');
        }
        buf_put(out, members[i].value);
    }
    buf_char(out, object ? '}' : ']');
}

// A list or an object, whose first token was read.
static bool put_container(struct buf *out, struct json_reader *reader, bool object)
{
    struct member *members = arena_array(reader->arena, 0, sizeof *members);
    size_t count = 0;
    size_t cap = 0;
    struct buf value;
    bool ok = true;
    buf_init(&value, CANONICAL_MAX);
    for (;;) {
        struct member member = {.name = str_from(NULL)};
        enum json_token token = json_next(reader);
        if (token == JSON_OBJECT_END || token == JSON_ARRAY_END) {
            break;
        }
        if (token == JSON_NAME) {
            member.name = json_text(reader);
            token = json_next(reader);
        }
        buf_reset(&value);
        ok = put_value(&value, reader, token);
        if (!ok) {
            break;
        }
        member.value = arena_str(reader->arena, buf_str(&value));
        members =
            arena_grow(reader->arena, members, count, count + 1, &cap, sizeof *members);
        members[count++] = member;
    }
    buf_deinit(&value);
    if (ok) {
        put_members(out, members, count, object);
    }
    return ok;
}

static bool put_value(struct buf *out, struct json_reader *reader,
                      enum json_token first)
{
    switch (first) {
    case JSON_OBJECT_BEGIN:
    case JSON_ARRAY_BEGIN:
        return put_container(out, reader, first == JSON_OBJECT_BEGIN);
    case JSON_STRING:
    case JSON_NUMBER:
        json_put_string(out, account_of(json_text(reader)));
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        json_put_string(out, first == JSON_TRUE ? STR("true") : STR("false"));
        return true;
    case JSON_NULL:
        buf_puts(out, "null");
        return true;
    case JSON_ERROR:
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    case JSON_NAME:
    default:
        return false;
    }
}

// The canonical text, or the text itself when it is no JSON.
static struct str canonical(struct str text, struct arena *arena)
{
    struct json_reader reader;
    struct buf out;
    json_reader_init(&reader, text, arena);
    buf_init(&out, CANONICAL_MAX);
    bool fine = put_value(&out, &reader, json_next(&reader)) &&
                json_next(&reader) == JSON_END && !out.overflowed;
    struct str kept = fine ? arena_str(arena, buf_str(&out)) : text;
    buf_deinit(&out);
    return kept;
}

bool policy_equal(struct str a, struct str b)
{
    struct arena arena = {0};
    bool equal = str_eq(a, b) || (a.len > 0 && b.len > 0 &&
                                  str_eq(canonical(a, &arena), canonical(b, &arena)));
    arena_deinit(&arena);
    return equal;
}
