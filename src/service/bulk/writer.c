// The bulk writer's decisions. Enter: what was fed, what was replied, the time, random
// numbers. Leave: steps. There is no byte and no socket in here, so that a test can
// play any schedule of replies.
//
// A slot is FREE, or READY (holds items, may be sent from ready_at on), or FLYING. Only
// a reply of "written" empties it, or one that says that it never will be; nothing else
// takes an item out of a slot.
#include "writer.h"

#include "die.h"
#include "retry.h"

#include <stdlib.h>

// Time in which nobody asked for a step counts towards a stall only this far: a process
// that was stopped (^Z, a suspended machine) has not been refused by anyone.
#define GAP_MAX_MS 30000u

enum slot_state {
    SLOT_FREE,
    SLOT_READY,
    SLOT_FLYING,
};

struct slot {
    enum slot_state state;
    uint32_t pending;  // bits not known to be written
    uint64_t ready_at; // READY: not to be sent before
    unsigned attempt;  // back-offs since the slot's last progress
    bool sent_before;
    uint64_t epoch; // FLYING: the writer's epoch when it was sent
};

struct writer {
    struct writer_options options;
    struct writer_counts counts;
    struct slot slots[WRITER_MAX_SLOTS];
    unsigned flying;
    unsigned occupied;  // READY or FLYING
    unsigned window;    // 1 to options.slots
    unsigned successes; // since the window last changed
    uint64_t epoch;     // grows when the window is halved
    uint64_t now_ms;    // of the last call that told the time
    uint64_t idle_ms;   // since something was written, or there was nothing to write
    bool ended;
    enum writer_why why;
};

struct writer *writer_new(const struct writer_options *options, uint64_t now_ms)
{
    if (options->slots < 1 || options->slots > WRITER_MAX_SLOTS) {
        die("a writer of %u slots", options->slots);
    }
    struct writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        die("out of memory");
    }
    writer->options = *options;
    writer->window = options->slots;
    writer->now_ms = now_ms;
    return writer;
}

void writer_free(struct writer *writer)
{
    free(writer);
}

static unsigned count_bits(uint32_t mask)
{
    return (unsigned)__builtin_popcount(mask);
}

static void clock_advance(struct writer *writer, uint64_t now_ms)
{
    uint64_t gap = now_ms > writer->now_ms ? now_ms - writer->now_ms : 0;
    writer->now_ms += gap;
    if (writer->occupied > 0) {
        writer->idle_ms += gap < GAP_MAX_MS ? gap : GAP_MAX_MS;
    }
}

static struct writer_step step_of(enum writer_verb verb, unsigned slot, uint32_t mask)
{
    return (struct writer_step){.verb = verb, .slot = slot, .mask = mask};
}

// The READY slot that may be sent first, or the number of slots.
static unsigned find_earliest(const struct writer *writer)
{
    unsigned found = writer->options.slots;
    for (unsigned i = 0; i < writer->options.slots; i++) {
        const struct slot *slot = &writer->slots[i];
        if (slot->state == SLOT_READY &&
            (found == writer->options.slots ||
             slot->ready_at < writer->slots[found].ready_at)) {
            found = i;
        }
    }
    return found;
}

static unsigned find_free(const struct writer *writer)
{
    unsigned i = 0;
    while (i < writer->options.slots && writer->slots[i].state != SLOT_FREE) {
        i++;
    }
    return i;
}

static struct writer_step send_slot(struct writer *writer, unsigned index)
{
    struct slot *slot = &writer->slots[index];
    slot->state = SLOT_FLYING;
    slot->epoch = writer->epoch;
    writer->flying++;
    writer->counts.requests++;
    if (slot->sent_before) {
        writer->counts.repeated++;
    }
    slot->sent_before = true;
    return step_of(WRITER_SEND, index, slot->pending);
}

// What is left to do once it was given up: await what is in flight.
static struct writer_step next_of_failed(const struct writer *writer)
{
    if (writer->flying > 0) {
        return (struct writer_step){.verb = WRITER_WAIT, .until_ms = UINT64_MAX};
    }
    bool all_written = writer->ended && writer->occupied == 0;
    return step_of(all_written ? WRITER_DONE : WRITER_FAILED, 0, 0);
}

struct writer_step writer_next(struct writer *writer, uint64_t now_ms)
{
    clock_advance(writer, now_ms);
    if (writer->why == WRITER_WHY_NONE && writer->idle_ms >= writer->options.stall_ms) {
        writer->why = WRITER_WHY_STALLED;
    }
    if (writer->why != WRITER_WHY_NONE) {
        return next_of_failed(writer);
    }
    unsigned earliest = find_earliest(writer);
    bool may_send = writer->flying < writer->window && earliest < writer->options.slots;
    if (may_send && writer->slots[earliest].ready_at <= writer->now_ms) {
        return send_slot(writer, earliest);
    }
    // No new work beyond the window: batches that wait for their back-off hold it too.
    if (!writer->ended && writer->occupied < writer->window) {
        return step_of(WRITER_FEED, find_free(writer), 0);
    }
    if (writer->ended && writer->occupied == 0) {
        return step_of(WRITER_DONE, 0, 0);
    }
    uint64_t until = writer->now_ms + (writer->options.stall_ms - writer->idle_ms);
    if (until - writer->now_ms > GAP_MAX_MS) {
        until = writer->now_ms + GAP_MAX_MS; // so that a stall is timed, however long
    }
    if (may_send && writer->slots[earliest].ready_at < until) {
        until = writer->slots[earliest].ready_at;
    }
    return (struct writer_step){.verb = WRITER_WAIT, .until_ms = until};
}

void writer_fed(struct writer *writer, unsigned index, uint32_t mask)
{
    if (index >= writer->options.slots || writer->slots[index].state != SLOT_FREE ||
        mask == 0 || writer->ended) {
        die("the writer was fed where it did not ask for it");
    }
    if (writer->occupied == 0) {
        writer->idle_ms = 0; // there was nothing to write until now
    }
    writer->slots[index] = (struct slot){
        .state = SLOT_READY,
        .pending = mask,
        .ready_at = writer->now_ms,
    };
    writer->occupied++;
}

void writer_end(struct writer *writer)
{
    writer->ended = true;
}

void writer_stop(struct writer *writer)
{
    if (writer->why == WRITER_WHY_NONE) {
        writer->why = WRITER_WHY_STOPPED;
    }
}

// Halves the window, once for all that was sent before it was last halved: one burst of
// throttling is one event.
static void window_shrink(struct writer *writer, const struct slot *slot)
{
    if (slot->epoch != writer->epoch) {
        return;
    }
    writer->window = writer->window > 1 ? writer->window / 2 : 1;
    writer->successes = 0;
    writer->epoch++;
}

static void window_grow(struct writer *writer)
{
    writer->successes++;
    if (writer->successes >= writer->window && writer->window < writer->options.slots) {
        writer->window++;
        writer->successes = 0;
    }
}

static void vacate(struct writer *writer, struct slot *slot)
{
    slot->pending = 0;
    slot->state = SLOT_FREE;
    writer->idle_ms = 0;
    writer->occupied--;
    window_grow(writer);
}

static void back_off(struct writer *writer, struct slot *slot, enum retry_cause cause,
                     uint64_t retry_after_ms)
{
    double random = writer->options.random(writer->options.context);
    slot->state = SLOT_READY;
    slot->ready_at =
        writer->now_ms + retry_delay_ms(cause, slot->attempt, random, retry_after_ms);
    slot->attempt++;
}

static void replied_ok(struct writer *writer, struct slot *slot,
                       const struct writer_reply *reply)
{
    uint32_t left = slot->pending & reply->unprocessed;
    unsigned written = count_bits(slot->pending) - count_bits(left);
    slot->pending = left;
    writer->counts.written += written;
    if (written > 0) {
        writer->idle_ms = 0;
        slot->attempt = 0;
    }
    if (left == 0) {
        vacate(writer, slot);
        return;
    }
    window_shrink(writer, slot);
    back_off(writer, slot, RETRY_UNPROCESSED, reply->retry_after_ms);
}

void writer_replied(struct writer *writer, unsigned index, struct writer_reply reply,
                    uint64_t now_ms)
{
    if (index >= writer->options.slots || writer->slots[index].state != SLOT_FLYING) {
        die("the writer got a reply to what it did not send");
    }
    struct slot *slot = &writer->slots[index];
    clock_advance(writer, now_ms);
    writer->flying--;
    switch (reply.outcome) {
    case WRITER_REPLY_OK:
        replied_ok(writer, slot, &reply);
        break;
    case WRITER_REPLY_THROTTLED:
        writer->counts.throttled++;
        window_shrink(writer, slot);
        back_off(writer, slot, RETRY_THROTTLED, reply.retry_after_ms);
        break;
    case WRITER_REPLY_TRANSIENT:
        back_off(writer, slot, RETRY_TRANSIENT, reply.retry_after_ms);
        break;
    case WRITER_REPLY_FATAL:
        slot->state = SLOT_READY; // never sent again, but not written either
        writer->why = WRITER_WHY_FATAL;
        break;
    case WRITER_REPLY_DECLINED:
        vacate(writer, slot);
        break;
    }
}

struct writer_counts writer_get_counts(const struct writer *writer)
{
    return writer->counts;
}

enum writer_why writer_failure(const struct writer *writer)
{
    return writer->why;
}

uint32_t writer_pending(const struct writer *writer, unsigned slot)
{
    return writer->slots[slot].pending;
}
