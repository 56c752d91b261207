// UnprocessedItems, matched back to the batch. The service returns whole items, in any
// order and perhaps with numbers spelt differently (C018), so both sides are reduced to
// canonical keys. Anything that does not match is refused: guessing would lose an item.
#include "unprocessed.h"

#include "item_key.h"
#include "json_read.h"

struct matcher {
    const struct table *table;
    const struct batch *batch;
    uint32_t sent;
    struct str keys[BATCH_MAX_ITEMS]; // of the items in `sent`; empty: not yet made
    unsigned named;                   // requests in the answer so far
    struct arena *scratch;
    const char *why;
};

static bool refuse(struct matcher *matcher, const char *why)
{
    matcher->why = why;
    return false;
}

static bool expect(struct json_reader *reader, enum json_token token)
{
    return json_next(reader) == token;
}

// {"Item":{...}} of a put, {"Key":{...}} of a delete.
static bool request_key(struct str *out, struct json_reader *reader,
                        enum item_write write, const struct matcher *matcher)
{
    return expect(reader, JSON_OBJECT_BEGIN) && expect(reader, JSON_NAME) &&
           str_is(json_text(reader), item_write_words(write)->member) &&
           item_key_read(out, reader, matcher->table, matcher->scratch) &&
           expect(reader, JSON_OBJECT_END);
}

// False: it is the name of no write.
static bool find_write(enum item_write *out, struct str request)
{
    bool put = str_is(request, item_write_words(ITEM_PUT)->request);
    *out = put ? ITEM_PUT : ITEM_DELETE;
    return put || str_is(request, item_write_words(ITEM_DELETE)->request);
}

static bool batch_keys(struct matcher *matcher)
{
    for (unsigned i = 0; i < matcher->batch->count; i++) {
        if ((matcher->sent & (UINT32_C(1) << i)) == 0) {
            continue;
        }
        struct json_reader reader;
        json_reader_init(&reader, batch_item_json(matcher->batch, i), matcher->scratch);
        if (!item_key_read(&matcher->keys[i], &reader, matcher->table,
                           matcher->scratch)) {
            return refuse(matcher, "an item of ours has no readable key");
        }
    }
    return true;
}

// {"PutRequest":{"Item":{...}}} or {"DeleteRequest":{"Key":{...}}}, whose first token
// was just returned.
static bool request_match(uint32_t *left, struct matcher *matcher,
                          struct json_reader *reader)
{
    struct str key;
    if (++matcher->named > (unsigned)__builtin_popcount(matcher->sent)) {
        return refuse(matcher, "it names more items than were sent");
    }
    enum item_write write = ITEM_PUT;
    if (!expect(reader, JSON_NAME) || !find_write(&write, json_text(reader))) {
        return refuse(matcher, "it names a request that is neither put nor delete");
    }
    if (!request_key(&key, reader, write, matcher) ||
        !expect(reader, JSON_OBJECT_END)) {
        return refuse(matcher, "it names an item without the table's key");
    }
    for (unsigned i = 0; i < matcher->batch->count; i++) {
        if ((matcher->sent & (UINT32_C(1) << i)) != 0 &&
            matcher->batch->items[i].write == write && str_eq(matcher->keys[i], key)) {
            *left |= UINT32_C(1) << i;
            return true;
        }
    }
    return refuse(matcher, "it names an item that was not sent");
}

// {"TABLE":[...]} whose first token is next.
static bool tables_match(uint32_t *left, struct matcher *matcher,
                         struct json_reader *reader)
{
    enum json_token token;
    if (!expect(reader, JSON_OBJECT_BEGIN)) {
        return refuse(matcher, "UnprocessedItems is no object");
    }
    while ((token = json_next(reader)) == JSON_NAME) {
        if (!str_eq(json_text(reader), matcher->batch->table_name)) {
            return refuse(matcher, "it names a table that nothing was sent to");
        }
        if (!expect(reader, JSON_ARRAY_BEGIN) || !batch_keys(matcher)) {
            return refuse(matcher, matcher->why != NULL
                                       ? matcher->why
                                       : "a table's requests are no list");
        }
        while ((token = json_next(reader)) == JSON_OBJECT_BEGIN) {
            if (!request_match(left, matcher, reader)) {
                return false;
            }
        }
        if (token != JSON_ARRAY_END) {
            return refuse(matcher, "a request is no object");
        }
    }
    return token == JSON_OBJECT_END || refuse(matcher, "it is malformed");
}

bool unprocessed_read(uint32_t *left, struct str body, const struct batch *batch,
                      uint32_t sent, const struct table *table, struct arena *scratch,
                      const char **why)
{
    struct matcher matcher = {
        .table = table, .batch = batch, .sent = sent, .scratch = scratch};
    struct json_reader reader;
    enum json_token token;
    *left = 0;
    json_reader_init(&reader, body, scratch);
    bool fine = json_next(&reader) == JSON_OBJECT_BEGIN;
    while (fine && (token = json_next(&reader)) != JSON_OBJECT_END) {
        if (token != JSON_NAME) {
            fine = refuse(&matcher, "the answer is malformed");
        } else if (str_is(json_text(&reader), "UnprocessedItems")) {
            fine = tables_match(left, &matcher, &reader);
        } else {
            struct str raw;
            json_next(&reader);
            fine =
                json_skip(&reader, &raw) || refuse(&matcher, "the answer is malformed");
        }
    }
    *why = matcher.why != NULL ? matcher.why : "the answer is malformed";
    return fine;
}
