// Query and Scan, page after page. Enters: a request without its place to begin.
// Leaves: each item's JSON as the service wrote it. Only the absence of
// LastEvaluatedKey ends the reading (C046); items are cut out of the answer, never
// parsed and written again.
#include "reader.h"

#include "buf.h"
#include "json_read.h"
#include "pages.h"

#include <inttypes.h>

#define REQUEST_MAX ((size_t)1 << 20)
#define SERVICE_MAX_LIMIT UINT64_C(2147483647)

static const struct span NOWHERE;

struct reading {
    const struct reader_sink *sink;
    uint64_t limit;
    uint64_t given;
    bool gave;       // the page held items
    bool wanted;     // more items: neither the sink said no, nor is the limit reached
    struct buf last; // LastEvaluatedKey as it came; empty at the end
    struct pages pages;
    struct arena scratch;
};

bool reader_take_items(struct json_reader *reader, const struct reader_sink *sink,
                       bool *wanted)
{
    enum json_token token = json_next(reader);
    if (token != JSON_ARRAY_BEGIN) {
        return false;
    }
    while ((token = json_next(reader)) == JSON_OBJECT_BEGIN) {
        struct str raw;
        if (!json_skip(reader, &raw)) {
            return false;
        }
        *wanted = *wanted && sink->item(sink->context, raw);
    }
    return token == JSON_ARRAY_END;
}

// Up to the limit.
static bool take_item(void *context, struct str raw)
{
    struct reading *reading = context;
    reading->given++;
    reading->gave = true;
    return reading->sink->item(reading->sink->context, raw) &&
           (reading->limit == 0 || reading->given < reading->limit);
}

// "Items":[...], whose value is next.
static bool items_read(struct reading *reading, struct json_reader *reader)
{
    struct reader_sink to = {take_item, reading};
    return reader_take_items(reader, &to, &reading->wanted);
}

static bool page_read(struct reading *reading, struct str body)
{
    struct json_reader reader;
    enum json_token token;
    arena_reset(&reading->scratch);
    buf_reset(&reading->last);
    reading->gave = false;
    json_reader_init(&reader, body, &reading->scratch);
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(&reader)) == JSON_NAME) {
        struct str name = json_text(&reader);
        struct str raw;
        if (str_is(name, "Items")) {
            if (!items_read(reading, &reader)) {
                return false;
            }
            continue;
        }
        token = json_next(&reader);
        if (!json_skip(&reader, &raw)) {
            return false;
        }
        if (str_is(name, "LastEvaluatedKey") && token == JSON_OBJECT_BEGIN) {
            buf_put(&reading->last, raw);
        }
    }
    return token == JSON_OBJECT_END && !reading->last.overflowed;
}

// A page. False: it is none, or one of those that never end; *why may say so.
static bool page_take(struct reading *reading, struct str body, const char **why)
{
    if (!page_read(reading, body)) {
        return false;
    }
    *why = reading->last.len > 0 && reading->wanted
               ? pages_check(&reading->pages, buf_str(&reading->last), reading->gave)
               : NULL;
    return *why == NULL;
}

static void put_request(struct buf *body, const struct reading *reading,
                        struct str members)
{
    buf_reset(body);
    buf_put(body, members);
    if (reading->limit > 0) {
        uint64_t left = reading->limit - reading->given;
        buf_printf(body, ",\"Limit\":%" PRIu64,
                   left < SERVICE_MAX_LIMIT ? left : SERVICE_MAX_LIMIT);
    }
    if (reading->last.len > 0) {
        buf_put(body, STR(",\"ExclusiveStartKey\":"));
        buf_put(body, buf_str(&reading->last));
    }
    buf_char(body, '}');
}

void reader_run(struct client *client, const char *operation, struct str members,
                uint64_t limit, const struct reader_sink *sink, const struct stop *stop,
                const char *doing, struct diags *diags)
{
    struct reading reading = {.sink = sink, .limit = limit, .wanted = true};
    struct buf body;
    bool more = true;
    buf_init(&reading.last, REQUEST_MAX);
    buf_init(&body, 2 * REQUEST_MAX);
    while (more && reading.wanted && !stop_is_set(stop)) {
        put_request(&body, &reading, members);
        const char *why = NULL;
        struct reply reply = client_call(client, operation, buf_str(&body));
        if (reply.kind == REPLY_OK && !page_take(&reading, reply.body, &why)) {
            reply = reply_foreign(&reply, why);
        }
        if (reply.kind != REPLY_OK) {
            client_diagnose(client, &reply, doing, NOWHERE, diags);
        }
        more = reply.kind == REPLY_OK && reading.last.len > 0;
    }
    buf_deinit(&body);
    buf_deinit(&reading.last);
    arena_deinit(&reading.scratch);
}
