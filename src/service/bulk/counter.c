// Scan with Select COUNT, page after page. A table's name enters, a number leaves.
#include "counter.h"

#include "buf.h"
#include "json_read.h"
#include "json_write.h"
#include "pages.h"
#include "str.h"

#define REQUEST_MAX ((size_t)1 << 20)
#define COUNT_DIGITS 9 // of a page's items, which has 1 MiB

struct count_page {
    uint64_t items;
    struct str last; // LastEvaluatedKey, a slice of the answer; empty at the end
};

// False: it is no count.
static bool read_count(uint64_t *out, struct str digits)
{
    uint64_t number = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(digits.at[i] - '0');
    }
    *out = number;
    return digits.len > 0;
}

static bool read_page(struct count_page *out, struct str body, struct arena *scratch)
{
    struct json_reader reader;
    enum json_token token;
    bool counted = false;
    *out = (struct count_page){0};
    json_reader_init(&reader, body, scratch);
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(&reader)) == JSON_NAME) {
        struct str name = json_text(&reader);
        struct str raw;
        token = json_next(&reader);
        if (token == JSON_ERROR || !json_skip(&reader, &raw)) {
            return false;
        }
        if (str_is(name, "Count")) {
            counted = token == JSON_NUMBER && raw.len <= COUNT_DIGITS &&
                      read_count(&out->items, raw);
        } else if (str_is(name, "LastEvaluatedKey") && token == JSON_OBJECT_BEGIN) {
            out->last = raw;
        }
    }
    return token == JSON_OBJECT_END && counted;
}

static void put_request(struct buf *out, struct str table, struct str from)
{
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, table);
    buf_puts(out, ",\"Select\":\"COUNT\",\"ConsistentRead\":true");
    if (from.len > 0) {
        buf_puts(out, ",\"ExclusiveStartKey\":");
        buf_put(out, from);
    }
    buf_char(out, '}');
}

bool counter_run(uint64_t *items, bool *all, struct client *client, struct str table,
                 unsigned pages)
{
    struct arena scratch = {0};
    struct count_page page = {0};
    struct pages seen = {0};
    struct buf body;
    bool fine = true;
    *items = 0;
    *all = false;
    buf_init(&body, 2 * REQUEST_MAX);
    for (unsigned i = 0; i < pages && fine && !*all; i++) {
        buf_reset(&body);
        put_request(&body, table, page.last);
        struct reply reply = client_call(client, "Scan", buf_str(&body));
        arena_reset(&scratch);
        fine = reply.kind == REPLY_OK && read_page(&page, reply.body, &scratch) &&
               page.last.len <= REQUEST_MAX &&
               (page.last.len == 0 ||
                pages_check(&seen, page.last, page.items > 0) == NULL);
        *items += page.items;
        *all = page.last.len == 0;
    }
    buf_deinit(&body);
    arena_deinit(&scratch);
    return fine;
}
