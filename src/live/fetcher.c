// Reads in parallel: requests enter, items leave. Each slot carries one read page after
// page; what failed for a while is sent again after a back-off of its own, while the
// others go on.
#include "fetcher.h"

#include "buf.h"
#include "instant.h"
#include "json_read.h"
#include "retry.h"

#define REQUEST_MAX ((size_t)1 << 20)
#define WAIT_SLICE_MS 100u
#define ATTEMPTS_MAX 10u         // of a failing connection, without any progress
#define THROTTLED_MAX_MS 120000u // as long as the writer waits

static const struct span NOWHERE;

struct slot {
    const struct fetch *fetch; // NULL: free
    struct buf body;
    struct buf next;     // what the next page begins with; empty at the end
    struct buf previous; // and the last one did: a page must not lead to itself
    bool flying;
    uint64_t wake_ms; // not before
    unsigned attempts;
    uint64_t began_ms; // of the attempts
    size_t least;      // bytes of keys that were ever left; 0: none were yet
};

struct fetcher {
    struct client *client;
    const struct fetch *fetches;
    size_t count;
    size_t started;
    const struct reader_sink *sink;
    const volatile sig_atomic_t *interrupted;
    const char *doing;
    struct diags *diags;
    struct slot slots[FETCHER_WINDOW];
    unsigned window;
    struct arena scratch;
    bool failed;
};

static void put_body(struct slot *slot)
{
    buf_reset(&slot->body);
    if (slot->fetch->kind == FETCH_PARTITION) {
        buf_put(&slot->body, slot->fetch->members);
        if (slot->next.len > 0) {
            buf_puts(&slot->body, ",\"ExclusiveStartKey\":");
            buf_put(&slot->body, buf_str(&slot->next));
        }
        buf_char(&slot->body, '}');
        return;
    }
    buf_puts(&slot->body, "{\"RequestItems\":");
    if (slot->next.len > 0) { // UnprocessedKeys have the form of RequestItems
        buf_put(&slot->body, buf_str(&slot->next));
    } else {
        buf_char(&slot->body, '{');
        buf_put(&slot->body, slot->fetch->members);
        buf_char(&slot->body, '}');
    }
    buf_char(&slot->body, '}');
}

static void send(struct fetcher *fetcher, unsigned index)
{
    struct slot *slot = &fetcher->slots[index];
    bool keys = slot->fetch->kind == FETCH_KEYS;
    put_body(slot);
    slot->flying = true;
    client_start(fetcher->client, index, keys ? "BatchGetItem" : "Query",
                 buf_str(&slot->body));
}

// ---- an answer

static bool read_items(struct fetcher *fetcher, struct json_reader *reader)
{
    bool wanted = !fetcher->failed;
    bool fine = reader_take_items(reader, fetcher->sink, &wanted);
    fetcher->failed = !wanted;
    return fine;
}

// "Responses":{"TABLE":[...]}
static bool read_responses(struct fetcher *fetcher, struct json_reader *reader)
{
    enum json_token token = json_next(reader);
    if (token != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(reader)) == JSON_NAME) {
        if (!read_items(fetcher, reader)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

static bool read_page(struct fetcher *fetcher, struct slot *slot, struct str body)
{
    struct json_reader reader;
    enum json_token token;
    arena_reset(&fetcher->scratch);
    struct buf spare = slot->previous;
    slot->previous = slot->next;
    slot->next = spare;
    buf_reset(&slot->next);
    json_reader_init(&reader, body, &fetcher->scratch);
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(&reader)) == JSON_NAME) {
        struct str name = json_text(&reader);
        struct str raw;
        if (str_is(name, "Items")       ? !read_items(fetcher, &reader)
            : str_is(name, "Responses") ? !read_responses(fetcher, &reader)
                                        : (token = json_next(&reader)) == JSON_ERROR ||
                                              !json_skip(&reader, &raw)) {
            return false;
        }
        bool more = str_is(name, "LastEvaluatedKey") || str_is(name, "UnprocessedKeys");
        // {} is how the service says that all keys were processed.
        if (more && token == JSON_OBJECT_BEGIN && !str_is(raw, "{}")) {
            buf_put(&slot->next, raw);
        }
    }
    return token == JSON_OBJECT_END && !slot->next.overflowed &&
           (slot->fetch->kind == FETCH_KEYS || slot->next.len == 0 ||
            !str_eq(buf_str(&slot->next), buf_str(&slot->previous)));
}

static void fail(struct fetcher *fetcher, const struct reply *reply)
{
    if (!fetcher->failed) {
        client_diagnose(fetcher->client, reply, fetcher->doing, NOWHERE,
                        fetcher->diags);
    }
    fetcher->failed = true;
}

static void back_off(struct slot *slot, enum retry_cause cause, uint64_t retry_after)
{
    slot->wake_ms = clock_monotonic_ms() + retry_delay_ms(cause, slot->attempts++,
                                                          retry_random(), retry_after);
}

static void take_page(struct fetcher *fetcher, struct slot *slot,
                      const struct reply *reply)
{
    if (!read_page(fetcher, slot, reply->body)) {
        struct reply foreign = *reply;
        foreign.kind = REPLY_FATAL;
        foreign.cause = REPLY_CAUSE_FOREIGN;
        fail(fetcher, &foreign);
        return;
    }
    if (slot->next.len == 0) {
        slot->fetch = NULL;
        return;
    }
    // Fewer keys than ever are progress; else it is too fast.
    bool progress = slot->fetch->kind == FETCH_PARTITION || slot->least == 0 ||
                    slot->next.len < slot->least;
    slot->least = progress ? slot->next.len : slot->least;
    if (!progress && clock_monotonic_ms() - slot->began_ms > THROTTLED_MAX_MS) {
        diag_add(fetcher->diags, DIAG_THROTTLED, NOWHERE,
                 "%s: the service leaves every key unprocessed", fetcher->doing);
        fetcher->failed = true;
        return;
    }
    slot->attempts = progress ? 0 : slot->attempts;
    slot->began_ms = progress ? clock_monotonic_ms() : slot->began_ms;
    slot->wake_ms = 0;
    if (slot->fetch->kind == FETCH_KEYS) {
        back_off(slot, RETRY_UNPROCESSED, reply->retry_after_ms);
    }
}

static void take_reply(struct fetcher *fetcher, struct slot *slot,
                       const struct reply *reply)
{
    bool throttled = reply->kind == REPLY_THROTTLED;
    bool late = clock_monotonic_ms() - slot->began_ms > THROTTLED_MAX_MS;
    slot->flying = false;
    switch (reply->kind) {
    case REPLY_OK:
        take_page(fetcher, slot, reply);
        break;
    case REPLY_THROTTLED:
    case REPLY_TRANSIENT:
        if (late || (!throttled && slot->attempts >= ATTEMPTS_MAX)) {
            fail(fetcher, reply);
        } else {
            back_off(slot, throttled ? RETRY_THROTTLED : RETRY_TRANSIENT,
                     reply->retry_after_ms);
        }
        break;
    case REPLY_FATAL:
    default:
        fail(fetcher, reply);
        break;
    }
}

// ---- the window

static bool is_interrupted(const struct fetcher *fetcher)
{
    return fetcher->interrupted != NULL && *fetcher->interrupted != 0;
}

// Begins what can begin now. Returns how many slots have something to do, and in
// *wake_ms when the next of the waiting ones goes on.
static unsigned fill_window(struct fetcher *fetcher, uint64_t *wake_ms)
{
    uint64_t now = clock_monotonic_ms();
    unsigned busy = 0;
    *wake_ms = now + WAIT_SLICE_MS;
    for (unsigned i = 0; i < fetcher->window; i++) {
        struct slot *slot = &fetcher->slots[i];
        if (slot->fetch == NULL && fetcher->started < fetcher->count) {
            slot->fetch = &fetcher->fetches[fetcher->started++];
            slot->attempts = 0;
            slot->began_ms = now;
            slot->least = 0;
            slot->wake_ms = 0;
            buf_reset(&slot->next);
        }
        if (slot->fetch == NULL) {
            continue;
        }
        busy++;
        if (!slot->flying && slot->wake_ms <= now) {
            send(fetcher, i);
        } else if (!slot->flying && slot->wake_ms < *wake_ms) {
            *wake_ms = slot->wake_ms;
        }
    }
    return busy;
}

static void await(struct fetcher *fetcher, uint64_t until_ms)
{
    uint64_t now = clock_monotonic_ms();
    unsigned timeout = until_ms > now ? (unsigned)(until_ms - now) : 0;
    unsigned index = 0;
    struct reply reply;
    while (client_wait(fetcher->client, timeout, &index, &reply)) {
        take_reply(fetcher, &fetcher->slots[index], &reply);
        timeout = 0; // take what else is there, then begin new ones
    }
}

static void abandon(struct fetcher *fetcher)
{
    for (unsigned i = 0; i < fetcher->window; i++) {
        if (fetcher->slots[i].flying) {
            client_cancel(fetcher->client, i);
        }
    }
}

bool fetcher_run(struct client *client, const struct fetch *fetches, size_t count,
                 const struct reader_sink *sink,
                 const volatile sig_atomic_t *interrupted, const char *doing,
                 struct diags *diags)
{
    struct fetcher fetcher = {
        .client = client,
        .fetches = fetches,
        .count = count,
        .sink = sink,
        .interrupted = interrupted,
        .doing = doing,
        .diags = diags,
        .window = client_get_slots(client) < FETCHER_WINDOW ? client_get_slots(client)
                                                            : FETCHER_WINDOW,
    };
    for (unsigned i = 0; i < fetcher.window; i++) {
        buf_init(&fetcher.slots[i].body, 2 * REQUEST_MAX);
        buf_init(&fetcher.slots[i].next, REQUEST_MAX);
        buf_init(&fetcher.slots[i].previous, REQUEST_MAX);
    }
    uint64_t wake_ms = 0;
    while (!fetcher.failed && !is_interrupted(&fetcher) &&
           fill_window(&fetcher, &wake_ms) > 0) {
        await(&fetcher, wake_ms);
    }
    abandon(&fetcher);
    for (unsigned i = 0; i < fetcher.window; i++) {
        buf_deinit(&fetcher.slots[i].body);
        buf_deinit(&fetcher.slots[i].next);
        buf_deinit(&fetcher.slots[i].previous);
    }
    arena_deinit(&fetcher.scratch);
    return !fetcher.failed && !is_interrupted(&fetcher);
}
