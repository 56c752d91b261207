// Query and Scan, page after page. Enters: a request without its place to begin.
// Leaves: each item's JSON as the service wrote it, and what is told of all. Only the absence of
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
    struct reader_answer *answer;
    uint64_t limit;
    uint64_t given;
    bool gave;        // the page held items
    bool wanted;      // more items: neither the sink said no, nor is the limit reached
    struct buf *last; // LastEvaluatedKey as it came; empty at the end
    struct pages pages;
    struct arena scratch;
};

void reader_answer_init(struct reader_answer *answer)
{
    *answer = (struct reader_answer){0};
    buf_init(&answer->last, REQUEST_MAX);
}

void reader_answer_deinit(struct reader_answer *answer)
{
    buf_deinit(&answer->last);
}

// A count; what is none is 0.
static uint64_t read_count(struct str raw)
{
    uint64_t count = 0;
    for (size_t i = 0; i < raw.len && raw.at[i] >= '0' && raw.at[i] <= '9'; i++) {
        count = count * 10 + (uint64_t)(raw.at[i] - '0');
    }
    return count;
}

// "CapacityUnits":0.5 of a ConsumedCapacity, or of a list with one.
static uint64_t read_half_units(struct str raw)
{
    struct str name = STR("\"CapacityUnits\"");
    size_t at = str_find(raw, name);
    size_t digits = 0;
    if (at == raw.len) {
        return 0;
    }
    struct str number = str_skip(raw, at + name.len);
    while (number.len > 0 && (number.at[0] == ':' || number.at[0] == ' ')) {
        number = str_skip(number, 1);
    }
    while (digits < number.len && number.at[digits] >= '0' &&
           number.at[digits] <= '9') {
        digits++;
    }
    return 2 * read_count(number) +
           (str_starts(str_skip(number, digits), STR(".5")) ? 1 : 0);
}

void reader_answer_take(struct reader_answer *answer, struct str name, struct str raw)
{
    if (str_is(name, "Count")) {
        answer->count += read_count(raw);
    } else if (str_is(name, "ScannedCount")) {
        answer->scanned += read_count(raw);
    } else if (str_is(name, "ConsumedCapacity")) {
        answer->half_units += read_half_units(raw);
        answer->has_units = true;
    }
}

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
    buf_reset(reading->last);
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
        size_t from = reader.token_start;
        if (token == JSON_ERROR || !json_skip(&reader, &raw)) {
            return false;
        }
        raw = str_slice(body.at + from, body.at + reader.at);
        if (str_is(name, "LastEvaluatedKey") && token == JSON_OBJECT_BEGIN) {
            buf_put(reading->last, raw);
        } else if (str_is(name, "Item") && token == JSON_OBJECT_BEGIN) {
            reading->answer->count++;
            reading->answer->scanned++;
            reading->wanted = take_item(reading, raw);
        }
        reader_answer_take(reading->answer, name, raw);
    }
    return token == JSON_OBJECT_END && !reading->last->overflowed;
}

// A page. False: it is none, or one of those that never end; *why may say so.
static bool page_take(struct reading *reading, struct str body, const char **why)
{
    uint64_t scanned = reading->answer->scanned;
    if (!page_read(reading, body)) {
        return false;
    }
    reading->answer->pages++;
    // A page of which a filter left nothing is no empty one; of a count no items come.
    reading->gave = reading->gave || reading->answer->scanned > scanned;
    if (reading->answer->count > reading->given) {
        reading->given = reading->answer->count;
        reading->wanted =
            reading->wanted && (reading->limit == 0 || reading->given < reading->limit);
    }
    *why = reading->last->len > 0 && reading->wanted
               ? pages_check(&reading->pages, buf_str(reading->last), reading->gave)
               : NULL;
    return *why == NULL;
}

static void put_request(struct buf *body, const struct reading *reading,
                        const struct reader_request *request)
{
    buf_reset(body);
    buf_put(body, request->members);
    if (reading->limit > 0) {
        uint64_t left = reading->limit - reading->given;
        buf_printf(body, ",\"Limit\":%" PRIu64,
                   left < SERVICE_MAX_LIMIT ? left : SERVICE_MAX_LIMIT);
    }
    if (reading->last->len > 0) {
        buf_put(body, STR(",\"ExclusiveStartKey\":"));
        buf_put(body, buf_str(reading->last));
    }
    buf_char(body, '}');
}

bool reader_run(struct reader_answer *answer, struct client *client,
                const struct reader_request *request, const struct reader_sink *sink,
                const struct stop *stop, const char *doing, struct diags *diags)
{
    struct reading reading = {.sink = sink,
                              .answer = answer,
                              .limit = request->limit,
                              .last = &answer->last,
                              .wanted = true};
    struct buf body;
    bool fine = true;
    bool more = true;
    buf_reset(reading.last);
    buf_put(reading.last, request->start);
    buf_init(&body, 2 * REQUEST_MAX);
    while (fine && more && !stop_is_set(stop)) {
        put_request(&body, &reading, request);
        const char *why = NULL;
        struct reply reply = client_call(client, request->operation, buf_str(&body));
        if (reply.kind == REPLY_OK && !page_take(&reading, reply.body, &why)) {
            reply = reply_foreign(&reply, why);
        }
        fine = reply.kind == REPLY_OK;
        if (!fine) {
            client_diagnose(client, &reply, doing, NOWHERE, diags);
        }
        more = reading.last->len > 0 && reading.wanted && !request->one_page;
    }
    buf_deinit(&body);
    arena_deinit(&reading.scratch);
    return fine && !stop_is_set(stop);
}
