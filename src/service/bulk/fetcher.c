// Reads in parallel: requests enter, items leave. Each slot carries one read page after
// page; what failed for a while is sent again after a back-off of its own, while the
// others go on. Large answers make fewer reads in flight.
#include "fetcher.h"

#include "asked_keys.h"
#include "buf.h"
#include "die.h"
#include "instant.h"
#include "json_read.h"
#include "pages.h"
#include "retry.h"
#include "window.h"

#include <stdlib.h>

#define REQUEST_MAX ((size_t)1 << 20)
#define WAIT_SLICE_MS 100u
// What answers may take together, if all were as large as the largest one.
#define ANSWERS_BYTES ((size_t)24 << 20)
#define FEWEST_READS 4u

static const struct span NOWHERE;

static const char *const OPERATIONS[] = {
    [FETCH_PARTITION] = "Query",
    [FETCH_KEYS] = "BatchGetItem",
    [FETCH_SEGMENT] = "Scan",
};

struct slot {
    const struct fetch *fetch; // NULL: free
    struct buf body;
    struct buf
        next; // what the next page begins with, of all but keys; empty at the end
    struct pages pages;
    struct asked_keys asked; // of keys
    bool gave;               // the page that is being read held items
    double charged;          // what it was sent at the price of
    const char *why;         // it is refused; NULL: it is no answer at all
    bool flying;
    struct window_ticket ticket;
    uint64_t wake_ms; // not before
    unsigned cost;    // of the attempt
    unsigned attempts;
    uint64_t began_ms; // of the attempts
};

struct fetcher {
    struct reader_answer *answer; // or NULL
    struct client *client;
    const struct fetch *fetches;
    size_t count;
    size_t started;
    const struct reader_sink *sink;
    const char *doing;
    struct diags *diags;
    struct slot *slots;
    unsigned slot_count;
    unsigned busy; // slots with a read
    unsigned flying;
    struct window window;
    size_t largest; // answer
    struct arena scratch;
    bool failed;
};

static void put_body(struct slot *slot, bool units)
{
    buf_reset(&slot->body);
    if (slot->fetch->kind == FETCH_KEYS) {
        asked_keys_write(&slot->body, &slot->asked);
    } else {
        buf_put(&slot->body, slot->fetch->members);
    }
    if (slot->next.len > 0) {
        buf_puts(&slot->body, ",\"ExclusiveStartKey\":");
        buf_put(&slot->body, buf_str(&slot->next));
    }
    buf_puts(&slot->body, units ? ",\"ReturnConsumedCapacity\":\"TOTAL\"}" : "}");
}

static void send(struct fetcher *fetcher, unsigned index)
{
    struct slot *slot = &fetcher->slots[index];
    put_body(slot, fetcher->answer != NULL);
    slot->flying = true;
    slot->cost =
        retry_quota_take(client_quota(fetcher->client), slot->cost) ? slot->cost : 0;
    fetcher->flying++;
    slot->ticket = window_sent(&fetcher->window, fetcher->flying, clock_monotonic_ms());
    client_start(fetcher->client, index, OPERATIONS[slot->fetch->kind],
                 buf_str(&slot->body));
}

// ---- an answer

// An answer on its way to the sink.
struct page {
    struct fetcher *fetcher;
    struct slot *slot;
};

static bool refuse(struct slot *slot, const char *why)
{
    slot->why = why;
    return false;
}

static bool take_item(void *context, struct str json)
{
    struct page *page = context;
    struct fetcher *fetcher = page->fetcher;
    struct slot *slot = page->slot;
    slot->gave = true;
    if (slot->fetch->kind == FETCH_KEYS &&
        !asked_keys_take(&slot->asked, json, &fetcher->scratch)) {
        return refuse(slot, "it holds an item that was not asked for");
    }
    fetcher->failed = !fetcher->sink->item(fetcher->sink->context, json);
    return !fetcher->failed;
}

static bool read_items(struct page *page, struct json_reader *reader)
{
    struct reader_sink to = {take_item, page};
    bool wanted = !page->fetcher->failed && page->slot->why == NULL;
    return reader_take_items(reader, &to, &wanted) && page->slot->why == NULL;
}

// "Responses":{"TABLE":[...]}
static bool read_responses(struct page *page, struct json_reader *reader)
{
    enum json_token token = json_next(reader);
    if (token != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(reader)) == JSON_NAME) {
        if (!str_eq(json_text(reader), page->slot->fetch->table->name)) {
            return refuse(page->slot, "it holds items of another table");
        }
        if (!read_items(page, reader)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

// The value of a member that an answer of this kind may have; others are read over.
static bool read_member(struct page *page, struct json_reader *reader)
{
    struct slot *slot = page->slot;
    bool keys = slot->fetch->kind == FETCH_KEYS;
    struct str name = json_text(reader);
    struct str raw;
    if (str_is(name, keys ? "Responses" : "Items")) {
        return keys ? read_responses(page, reader) : read_items(page, reader);
    }
    bool left_over = keys && str_is(name, "UnprocessedKeys");
    bool more = !keys && str_is(name, "LastEvaluatedKey");
    enum json_token token = json_next(reader);
    size_t from = reader->token_start;
    if (left_over && token == JSON_OBJECT_BEGIN) {
        return asked_keys_unprocessed(&slot->asked, reader, &page->fetcher->scratch) ||
               refuse(slot, "its UnprocessedKeys name what was not asked for");
    }
    if (token == JSON_ERROR || !json_skip(reader, &raw)) {
        return false;
    }
    if (more && token == JSON_OBJECT_BEGIN) {
        buf_reset(&slot->next);
        buf_put(&slot->next, raw);
    }
    if (page->fetcher->answer != NULL) {
        raw = str_slice(reader->text.at + from, reader->text.at + reader->at);
        reader_answer_take(page->fetcher->answer, name, raw);
    }
    return true;
}

// What a filter leaves nothing of is no empty page.
static uint64_t scanned_of(const struct fetcher *fetcher)
{
    return fetcher->answer == NULL ? 0 : fetcher->answer->scanned;
}

static bool read_page(struct fetcher *fetcher, struct slot *slot, struct str body)
{
    struct page page = {fetcher, slot};
    struct json_reader reader;
    enum json_token token;
    arena_reset(&fetcher->scratch);
    buf_reset(&slot->next);
    uint64_t scanned = scanned_of(fetcher);
    slot->gave = false;
    slot->why = NULL;
    json_reader_init(&reader, body, &fetcher->scratch);
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(&reader)) == JSON_NAME) {
        if (!read_member(&page, &reader)) {
            return false;
        }
    }
    if (token != JSON_OBJECT_END || slot->next.overflowed) {
        return false;
    }
    if (fetcher->answer != NULL) {
        fetcher->answer->pages++;
    }
    if (slot->fetch->kind == FETCH_KEYS) {
        asked_keys_answered(&slot->asked);
    } else if (slot->next.len > 0) {
        slot->why = pages_check(&slot->pages, buf_str(&slot->next),
                                slot->gave || scanned_of(fetcher) > scanned);
    }
    return slot->why == NULL;
}

// The pace goes by what each page says that it took.
static bool read_paced(struct fetcher *fetcher, struct slot *slot, struct str body)
{
    struct pace *pace = slot->fetch->pace;
    struct reader_answer *answer = fetcher->answer;
    if (pace == NULL || answer == NULL) {
        return read_page(fetcher, slot, body);
    }
    uint64_t halves = answer->half_units;
    answer->has_units = false;
    bool fine = read_page(fetcher, slot, body);
    pace_answered(pace, slot->charged,
                  answer->has_units ? (double)(answer->half_units - halves) / 2 : -1);
    answer->has_units = !pace->untold;
    return fine;
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
    slot->cost = retry_cost(cause);
    slot->wake_ms = clock_monotonic_ms() + retry_delay_ms(cause, slot->attempts++,
                                                          retry_random(), retry_after);
}

// The service gives nothing of what is left.
static void show_stall(struct fetcher *fetcher, const struct slot *slot)
{
    size_t left = asked_keys_left(&slot->asked);
    const char *what = left == slot->asked.count
                           ? "every key"
                           : arena_printf(fetcher->diags->arena, "%zu of %zu keys",
                                          left, slot->asked.count)
                                 .at;
    struct diag *diag =
        diag_add(fetcher->diags, DIAG_THROTTLED, NOWHERE,
                 "%s: the service leaves %s unprocessed", fetcher->doing, what);
    diag_help(fetcher->diags, diag,
              "give the table more read capacity or billing_mode PAY_PER_REQUEST");
    fetcher->failed = true;
}

static void end_slot(struct fetcher *fetcher, struct slot *slot)
{
    asked_keys_deinit(&slot->asked);
    slot->fetch = NULL;
    fetcher->busy--;
}

static void note_size(struct fetcher *fetcher, size_t bytes)
{
    if (bytes > fetcher->largest) {
        size_t most = ANSWERS_BYTES / bytes;
        fetcher->largest = bytes;
        most = most > FEWEST_READS ? most : FEWEST_READS;
        if (most < fetcher->slot_count) {
            window_set_most(&fetcher->window, (unsigned)most);
        }
    }
}

static void take_page(struct fetcher *fetcher, struct slot *slot,
                      const struct reply *reply)
{
    bool keys = slot->fetch->kind == FETCH_KEYS;
    size_t before = asked_keys_left(&slot->asked);
    if (!read_paced(fetcher, slot, reply->body)) {
        struct reply foreign = reply_foreign(reply, slot->why);
        fail(fetcher, &foreign);
        return;
    }
    size_t left = asked_keys_left(&slot->asked);
    bool progress = !keys || left < before; // else it is too fast
    if (progress) {
        window_answered(&fetcher->window, &slot->ticket, clock_monotonic_ms());
    } else {
        window_throttled(&fetcher->window, &slot->ticket);
    }
    if (keys ? left == 0 : slot->next.len == 0) {
        end_slot(fetcher, slot);
        return;
    }
    if (!progress && clock_monotonic_ms() - slot->began_ms > RETRY_PATIENCE_MS) {
        show_stall(fetcher, slot);
        return;
    }
    slot->attempts = progress ? 0 : slot->attempts;
    slot->began_ms = progress ? clock_monotonic_ms() : slot->began_ms;
    slot->wake_ms = 0;
    if (keys) {
        back_off(slot, RETRY_UNPROCESSED, reply->retry_after_ms);
    }
}

static void take_reply(struct fetcher *fetcher, struct slot *slot,
                       const struct reply *reply)
{
    bool throttled = reply->kind == REPLY_THROTTLED;
    slot->flying = false;
    fetcher->flying--;
    note_size(fetcher, reply->body.len);
    if (throttled) {
        window_throttled(&fetcher->window, &slot->ticket);
    }
    switch (reply->kind) {
    case REPLY_OK:
        retry_quota_return(client_quota(fetcher->client), slot->cost);
        slot->cost = 0;
        take_page(fetcher, slot, reply);
        break;
    case REPLY_THROTTLED:
    case REPLY_TRANSIENT:
        if (clock_monotonic_ms() - slot->began_ms > RETRY_PATIENCE_MS) {
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

static void begin_slot(struct fetcher *fetcher, struct slot *slot, uint64_t now)
{
    const struct fetch *fetch = &fetcher->fetches[fetcher->started++];
    fetcher->busy++;
    slot->fetch = fetch;
    slot->cost = 0;
    slot->attempts = 0;
    slot->began_ms = now;
    slot->wake_ms = 0;
    slot->pages = (struct pages){0};
    buf_reset(&slot->next);
    if (fetch->kind == FETCH_KEYS) {
        asked_keys_init(&slot->asked, fetch->members, fetch->table);
    }
}

// Else wake_ms says when.
static bool may_send(struct slot *slot, uint64_t now)
{
    struct pace *pace = slot->fetch->pace;
    if (pace != NULL && slot->wake_ms <= now) {
        slot->wake_ms = pace_next_ms(pace, now);
    }
    if (slot->wake_ms > now) {
        return false;
    }
    slot->charged = pace != NULL ? pace_sent(pace, now) : 0;
    return true;
}

// Begins what can begin now. False: there is nothing left to do. *wake_ms: when the next
// of those that wait goes on.
static bool fill_window(struct fetcher *fetcher, uint64_t *wake_ms)
{
    uint64_t now = clock_monotonic_ms();
    unsigned size = window_size(&fetcher->window);
    *wake_ms = now + WAIT_SLICE_MS;
    for (unsigned i = 0; i < fetcher->slot_count; i++) {
        struct slot *slot = &fetcher->slots[i];
        if (slot->fetch == NULL && fetcher->started < fetcher->count &&
            fetcher->busy < size) {
            begin_slot(fetcher, slot, now);
        }
        if (slot->fetch == NULL || slot->flying || fetcher->flying >= size) {
            continue;
        }
        bool affordable =
            fetcher->flying == 0 || slot->cost <= client_quota(fetcher->client)->tokens;
        if (affordable && may_send(slot, now)) {
            send(fetcher, i);
        } else if (slot->wake_ms < *wake_ms) {
            *wake_ms = slot->wake_ms;
        }
    }
    return fetcher->busy > 0;
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
    for (unsigned i = 0; i < fetcher->slot_count; i++) {
        if (fetcher->slots[i].flying) {
            client_cancel(fetcher->client, i);
        }
    }
}

static void slots_init(struct fetcher *fetcher)
{
    size_t most = client_get_most(fetcher->client);
    if (most > fetcher->count) {
        most = fetcher->count;
    }
    fetcher->slot_count = most > 0 ? (unsigned)most : 1;
    fetcher->slots = calloc(fetcher->slot_count, sizeof *fetcher->slots);
    if (fetcher->slots == NULL) {
        die("out of memory");
    }
    for (unsigned i = 0; i < fetcher->slot_count; i++) {
        buf_init(&fetcher->slots[i].body, 2 * REQUEST_MAX);
        buf_init(&fetcher->slots[i].next, REQUEST_MAX);
    }
    window_begin(&fetcher->window, fetcher->slot_count);
}

static void slots_deinit(struct fetcher *fetcher)
{
    for (unsigned i = 0; i < fetcher->slot_count; i++) {
        buf_deinit(&fetcher->slots[i].body);
        buf_deinit(&fetcher->slots[i].next);
        asked_keys_deinit(&fetcher->slots[i].asked);
    }
    free(fetcher->slots);
}

bool fetcher_run(struct reader_answer *answer, struct client *client,
                 const struct fetch *fetches, size_t count,
                 const struct reader_sink *sink, const struct stop *stop,
                 const char *doing, struct diags *diags)
{
    struct fetcher fetcher = {
        .answer = answer,
        .client = client,
        .fetches = fetches,
        .count = count,
        .sink = sink,
        .doing = doing,
        .diags = diags,
    };
    uint64_t wake_ms = 0;
    slots_init(&fetcher);
    while (!fetcher.failed && !stop_is_set(stop) && fill_window(&fetcher, &wake_ms)) {
        await(&fetcher, wake_ms);
    }
    abandon(&fetcher);
    slots_deinit(&fetcher);
    arena_deinit(&fetcher.scratch);
    return !fetcher.failed && !stop_is_set(stop);
}
