// Bulk writing. Enter: full batches, one table's or several tables', and items in requests
// of their own. Leave: BatchWriteItem and these calls as the writer (writer.h) decides,
// until each item is written or it gives up.
//
// A slot owns the batch that it sends: take() swaps buffers with the emitter's batch,
// so that items are copied once, into the request's body.
#include "loader_parts.h"

#include "die.h"
#include "instant.h"
#include "retry.h"
#include "unprocessed.h"
#include "weight.h"

#include <stdlib.h>

#define WAIT_SLICE_MS 200u         // how long an interruption may go unnoticed
#define INTERRUPTED_GRACE_MS 2000u // for the answers that are under way
#define PROGRESS_MS 100u
#define MAX_REQUEST_BYTES ((size_t)16 << 20) // C002
// Large items make fewer requests in flight: what these hold together, their bodies
// beside their batches.
#define HELD_BYTES ((size_t)24 << 20)
#define KEPT_BYTES ((size_t)64 << 10) // a slot's larger buffers go when it is free

struct loader_table {
    struct loader *loader;
    const struct table *table;
};

static double random_from_system(void *context)
{
    (void)context;
    return retry_random();
}

static void slot_init(struct loader_slot *slot)
{
    batch_init(&slot->batch, STR(""));
    buf_init(&slot->body, MAX_REQUEST_BYTES);
}

static void slot_deinit(struct loader_slot *slot)
{
    batch_deinit(&slot->batch);
    buf_deinit(&slot->body);
}

static unsigned slots_of(const struct client *client)
{
    unsigned slots = client_get_slots(client);
    return slots < WRITER_MAX_SLOTS ? slots : WRITER_MAX_SLOTS;
}

static uint64_t stall_ms(const struct loader_options *options)
{
    return options->stall_ms != 0 ? options->stall_ms : RETRY_PATIENCE_MS;
}

struct loader *loader_new(struct client *client, const struct loader_options *options,
                          struct diags *diags)
{
    unsigned window = slots_of(client);
    struct loader *loader =
        calloc(1, sizeof *loader + window * sizeof loader->slots[0]);
    if (loader == NULL) {
        die("out of memory");
    }
    loader->client = client;
    loader->options = *options;
    loader->diags = diags;
    loader->window = window;
    loader->declined.arena = diags->arena;
    for (unsigned i = 0; i < window; i++) {
        slot_init(&loader->slots[i]);
    }
    slot_init(&loader->refused);
    struct writer_options writer_options = {
        .slots = window,
        .most = client_get_most(client),
        .ahead = window - client_get_most(client),
        .rate = options->rate,
        .pace = options->pace,
        .stall_ms = stall_ms(options),
        .quota = client_quota(client),
        .random = random_from_system,
    };
    loader->writer = writer_new(&writer_options, clock_monotonic_ms());
    return loader;
}

void loader_free(struct loader *loader)
{
    if (loader == NULL) {
        return;
    }
    for (unsigned i = 0; i < loader->window; i++) {
        slot_deinit(&loader->slots[i]);
    }
    slot_deinit(&loader->refused);
    writer_free(loader->writer);
    arena_deinit(&loader->arena);
    arena_deinit(&loader->scratch);
    arena_deinit(&loader->last_arena);
    free(loader);
}

static void remember(struct loader *loader, const struct reply *reply)
{
    arena_reset(&loader->last_arena);
    loader->last = *reply;
    loader->last.code = arena_str(&loader->last_arena, reply->code);
    loader->last.message = arena_str(&loader->last_arena, reply->message);
    loader->last.request_id = arena_str(&loader->last_arena, reply->request_id);
    loader->last.body = str_from(NULL);
}

static enum writer_outcome judge_batch(struct loader *loader, struct loader_slot *slot,
                                       const struct reply *reply, uint32_t *unprocessed)
{
    const char *why = NULL;
    if (reply->kind == REPLY_FATAL) {
        loader_show_fatal(loader, slot, reply);
        return WRITER_REPLY_FATAL;
    }
    arena_reset(&loader->scratch);
    if (!unprocessed_read(unprocessed, reply->body, &slot->batch, slot->sent,
                          slot->table, &loader->scratch, &why)) {
        slot->unknown |= slot->sent;
        loader_show_foreign(loader, slot, "UnprocessedItems", why);
        return WRITER_REPLY_FATAL;
    }
    return WRITER_REPLY_OK;
}

static enum writer_outcome judge_single(struct loader *loader, struct loader_slot *slot,
                                        const struct reply *reply)
{
    const char *why = NULL;
    switch (slot->single.read(slot->single.context, reply, &why)) {
    case LOADER_WRITTEN:
        return WRITER_REPLY_OK;
    case LOADER_DECLINED:
        return WRITER_REPLY_DECLINED;
    case LOADER_REFUSED:
        loader_show_fatal(loader, slot, reply);
        break;
    case LOADER_FOREIGN:
        slot->unknown |= slot->sent;
        loader_show_foreign(loader, slot, "Attributes", why);
        break;
    case LOADER_LOST:
        break;
    }
    return WRITER_REPLY_FATAL;
}

static struct writer_reply judge(struct loader *loader, struct loader_slot *slot,
                                 const struct reply *reply)
{
    struct writer_reply verdict = {.retry_after_ms = reply->retry_after_ms};
    switch (reply->kind) {
    case REPLY_OK:
    case REPLY_FATAL:
        verdict.outcome = slot->single.operation != NULL
                              ? judge_single(loader, slot, reply)
                              : judge_batch(loader, slot, reply, &verdict.unprocessed);
        break;
    case REPLY_THROTTLED:
        verdict.outcome = WRITER_REPLY_THROTTLED;
        break;
    case REPLY_TRANSIENT:
        verdict.outcome = WRITER_REPLY_TRANSIENT;
        slot->unknown |= slot->sent; // D036
        break;
    }
    bool fine = verdict.outcome == WRITER_REPLY_OK
                    ? verdict.unprocessed == 0
                    : verdict.outcome == WRITER_REPLY_DECLINED;
    if (!fine) {
        remember(loader, reply);
    }
    return verdict;
}

static void show_progress(struct loader *loader, uint64_t now)
{
    if (loader->options.progress.show != NULL &&
        now >= loader->shown_at_ms + PROGRESS_MS) {
        loader->shown_at_ms = now;
        loader->options.progress.show(loader->options.progress.context,
                                      writer_get_counts(loader->writer).written);
    }
}

static bool is_metered(const struct loader *loader)
{
    return loader->options.rate > 0 || loader->options.pace > 0;
}

// ---- what is in memory

static void hold(struct loader *loader, struct loader_slot *slot)
{
    slot->held = 2 * slot->batch.json.len + slot->body.len;
    loader->held += slot->held;
}

static void buf_shrink(struct buf *buf)
{
    if (buf->cap > KEPT_BYTES) {
        size_t max = buf->max;
        buf_deinit(buf);
        buf_init(buf, max);
    }
}

static void release(struct loader *loader, struct loader_slot *slot)
{
    loader->held -= slot->held;
    slot->held = 0;
    buf_shrink(&slot->batch.json);
    buf_shrink(&slot->body);
}

// ---- answers

static void take_reply(struct loader *loader, unsigned index, const struct reply *reply)
{
    struct loader_slot *slot = &loader->slots[index];
    slot->flying = false;
    struct writer_reply verdict = judge(loader, slot, reply);
    uint64_t now = clock_monotonic_ms();
    writer_replied(loader->writer, index, verdict, now);
    if (writer_pending(loader->writer, index) == 0) {
        release(loader, slot);
    }
    show_progress(loader, now);
}

// Waits for a reply, at most so long, and tells the writer what came.
static void take_replies(struct loader *loader, unsigned timeout_ms)
{
    unsigned index = 0;
    struct reply reply;
    while (client_wait(loader->client, timeout_ms, &index, &reply)) {
        take_reply(loader, index, &reply);
        timeout_ms = 0; // take what else is there, then decide
    }
}

static void await(struct loader *loader, uint64_t until_ms)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t left = until_ms > now ? until_ms - now : 0;
    take_replies(loader, left < WAIT_SLICE_MS ? (unsigned)left : WAIT_SLICE_MS);
}

static void send_slot(struct loader *loader, unsigned index, uint32_t mask)
{
    struct loader_slot *slot = &loader->slots[index];
    const char *operation = slot->single.operation;
    if (operation == NULL) {
        operation = "BatchWriteItem";
        buf_reset(&slot->body);
        batch_write_request(&slot->body, &slot->batch, mask);
    }
    if (slot->body.overflowed) {
        die("a batch larger than a request may be");
    }
    slot->sent = mask;
    slot->flying = true;
    client_start(loader->client, index, operation, buf_str(&slot->body));
}

// Interrupted: no answer is awaited any longer.
static void abandon(struct loader *loader, uint64_t now)
{
    for (unsigned i = 0; i < loader->window; i++) {
        struct loader_slot *slot = &loader->slots[i];
        if (slot->flying) {
            client_cancel(loader->client, i);
            slot->flying = false;
            slot->unknown |= slot->sent;
            struct writer_reply lost = {.outcome = WRITER_REPLY_TRANSIENT};
            writer_replied(loader->writer, i, lost, now);
        }
    }
}

static bool goes_on(struct loader *loader)
{
    const struct loader_beat *beat = &loader->options.beat;
    if (stop_is_set(loader->options.stop) || loader->dead) {
        return false;
    }
    loader->dead = beat->alive != NULL && !beat->alive(beat->context);
    return !loader->dead;
}

static void stop_if_interrupted(struct loader *loader)
{
    if (goes_on(loader)) {
        return;
    }
    uint64_t now = clock_monotonic_ms();
    writer_stop(loader->writer);
    if (loader->give_up_ms == 0) {
        loader->give_up_ms = now + INTERRUPTED_GRACE_MS;
    } else if (now >= loader->give_up_ms) {
        abandon(loader, now);
    }
}

// Carries out steps until the writer wants to be fed, is done or has failed; without
// `wait`, also until it would have to wait.
static struct writer_step run(struct loader *loader, bool wait)
{
    for (;;) {
        stop_if_interrupted(loader);
        struct writer_step step = writer_next(loader->writer, clock_monotonic_ms());
        if (step.verb == WRITER_SEND) {
            send_slot(loader, step.slot, step.mask);
        } else if (step.verb == WRITER_WAIT && wait) {
            await(loader, step.until_ms);
        } else {
            return step;
        }
    }
}

// The slot takes the batch's buffers, the emitter gets the slot's.
static void swap_batches(struct loader_slot *slot, struct batch *batch)
{
    struct batch full = *batch;
    *batch = slot->batch;
    batch_reset(batch);
    batch->table_name = full.table_name;
    slot->batch = full;
    slot->unknown = 0;
    slot->single = (struct loader_single){0};
}

// The slot that is to be filled next. False: the loader gave up.
static bool next_free(struct loader *loader, unsigned *index)
{
    take_replies(loader, 0); // what came while this was made
    struct writer_step step = run(loader, true);
    while (step.verb == WRITER_FEED && loader->held >= HELD_BYTES) {
        take_replies(loader, WAIT_SLICE_MS);
        step = run(loader, true);
    }
    *index = step.slot;
    return step.verb == WRITER_FEED;
}

static bool take(void *context, struct batch *batch)
{
    const struct loader_table *table = context;
    struct loader *loader = table->loader;
    if (batch->count == 0) {
        return true;
    }
    unsigned index = 0;
    if (!next_free(loader, &index)) {
        if (!loader->refused_batch) {
            loader->refused_batch = true;
            swap_batches(&loader->refused, batch);
        }
        return false;
    }
    struct loader_slot *slot = &loader->slots[index];
    swap_batches(slot, batch);
    slot->table = table->table;
    hold(loader, slot);
    writer_fed(loader->writer, index, batch_all(&slot->batch));
    struct weight weight =
        weight_of_batch(&slot->batch, is_metered(loader), &loader->scratch);
    writer_weigh(loader->writer, index, weight.partition, weight.units);
    (void)run(loader, false);
    return true;
}

struct batch_sink loader_sink(struct loader *loader, const struct table *table)
{
    struct loader_table *context = arena_alloc(&loader->arena, sizeof *context);
    *context = (struct loader_table){loader, table};
    return (struct batch_sink){take, context};
}

// ---- one item, in a request of its own

// The slot's batch is that item, for what is said of it.
static void hold_single(struct loader_slot *slot, const struct table *table,
                        const struct batch_item *of)
{
    batch_reset(&slot->batch);
    slot->batch.table_name = table->name;
    slot->batch.items[0] = *of;
    slot->batch.count = 1;
    slot->table = table;
    slot->unknown = 0;
}

bool loader_take_single(struct loader *loader, const struct table *table,
                        const struct batch_item *of, const struct loader_single *single)
{
    unsigned index = 0;
    if (!next_free(loader, &index)) {
        if (!loader->refused_batch) {
            loader->refused_batch = true;
            hold_single(&loader->refused, table, of);
        }
        return false;
    }
    struct loader_slot *slot = &loader->slots[index];
    hold_single(slot, table, of);
    slot->single = *single;
    buf_reset(&slot->body);
    buf_put(&slot->body, single->body);
    hold(loader, slot);
    writer_fed(loader->writer, index, 1);
    struct weight weight = weight_of_item(of, single->items[0], single->items[1],
                                          is_metered(loader), &loader->scratch);
    writer_weigh(loader->writer, index, weight.partition, weight.units);
    (void)run(loader, false);
    return true;
}

static bool is_busy(const struct loader *loader)
{
    bool busy = false;
    for (unsigned i = 0; i < loader->window && !busy; i++) {
        busy = writer_pending(loader->writer, i) != 0;
    }
    return busy;
}

bool loader_drain(struct loader *loader)
{
    writer_flush(loader->writer, true);
    struct writer_step step = run(loader, false);
    while ((step.verb == WRITER_FEED && is_busy(loader)) || step.verb == WRITER_WAIT) {
        await(loader, step.verb == WRITER_WAIT ? step.until_ms : UINT64_MAX);
        step = run(loader, false);
    }
    writer_flush(loader->writer, false);
    return step.verb == WRITER_FEED;
}

void loader_add_missing(struct loader *loader, const struct batch_item *of)
{
    missing_add_line(&loader->declined, of->source, of->line);
}

// ---- the end

static struct loader_result result_of(const struct loader *loader)
{
    struct writer_counts counts = writer_get_counts(loader->writer);
    struct loader_result result = {
        .written = counts.written,
        .requests = counts.requests,
        .repeated = counts.repeated,
        .throttled = counts.throttled,
        .interrupted = stop_is_set(loader->options.stop),
    };
    for (unsigned i = 0; i < loader->window; i++) {
        uint32_t unknown = loader->slots[i].unknown & writer_pending(loader->writer, i);
        result.unknown += (unsigned)__builtin_popcount(unknown);
    }
    return result;
}

bool loader_finish(struct loader *loader, struct loader_result *result)
{
    if (!loader->refused_batch) {
        writer_end(loader->writer);
    }
    struct writer_step step = run(loader, true);
    *result = result_of(loader);
    if (step.verb == WRITER_DONE && loader->declined.count == 0) {
        return true;
    }
    if (writer_failure(loader->writer) == WRITER_WHY_STALLED) {
        loader_show_stall(loader);
    }
    loader_show_incomplete(loader, result);
    return false;
}
