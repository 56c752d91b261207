// The bulk writer's decisions. Enter: what was fed, what was replied, the time, random
// numbers. Leave: steps. There is no byte and no socket in here, so that a test can
// play any schedule of replies.
//
// A slot is FREE, or READY (holds items, may be sent from ready_at on), or FLYING. Only
// a reply of "written" empties it, or one that says that it never will be; nothing else
// takes an item out of a slot.
#include "writer.h"

#include "die.h"
#include "window.h"

#include <stdlib.h>

// Time in which nobody asked for a step counts towards a stall only this far: a process
// that was stopped (^Z, a suspended machine) has not been refused by anyone.
#define GAP_MAX_MS 30000u
#define MAX_WAITING 16u // slots that wait while others are fed

enum slot_state {
    SLOT_FREE,
    SLOT_READY,
    SLOT_FLYING,
};

struct slot {
    enum slot_state state;
    uint32_t pending;  // bits not known to be written
    uint64_t ready_at; // READY: not to be sent before
    unsigned attempt;  // back-offs since anything was written
    uint64_t written;  // by all slots, at the last of these
    unsigned cost;     // READY: of sending it again; FLYING: what it paid
    bool sent_before;
    struct window_ticket ticket; // FLYING
};

struct writer {
    struct writer_options options;
    struct writer_counts counts;
    struct slot slots[WRITER_MAX_SLOTS];
    unsigned free[WRITER_MAX_SLOTS]; // the FREE ones, to be taken from the end
    unsigned free_count;
    unsigned flying;
    unsigned ready;
    struct window window;
    uint64_t now_ms;  // of the last call that told the time
    uint64_t idle_ms; // since something was written, or there was nothing to write
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
    while (writer->free_count < options->slots) {
        writer->free[writer->free_count] = options->slots - 1 - writer->free_count;
        writer->free_count++;
    }
    window_begin(&writer->window, options->slots);
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

static unsigned occupied(const struct writer *writer)
{
    return writer->flying + writer->ready;
}

static void clock_advance(struct writer *writer, uint64_t now_ms)
{
    uint64_t gap = now_ms > writer->now_ms ? now_ms - writer->now_ms : 0;
    writer->now_ms += gap;
    if (occupied(writer) > 0) {
        writer->idle_ms += gap < GAP_MAX_MS ? gap : GAP_MAX_MS;
    }
}

static struct writer_step step_of(enum writer_verb verb, unsigned slot, uint32_t mask)
{
    return (struct writer_step){.verb = verb, .slot = slot, .mask = mask};
}

// What cannot pay for its repetition waits until nothing else is in flight.
static bool is_payable(const struct writer *writer, const struct slot *slot)
{
    return writer->flying == 0 || slot->cost <= writer->options.quota->tokens;
}

// The READY slot that may be sent first, or the number of slots.
static unsigned find_earliest(const struct writer *writer)
{
    unsigned found = writer->options.slots;
    for (unsigned i = 0, seen = 0; seen < writer->ready; i++) {
        const struct slot *slot = &writer->slots[i];
        if (slot->state != SLOT_READY) {
            continue;
        }
        seen++;
        if (is_payable(writer, slot) &&
            (found == writer->options.slots ||
             slot->ready_at < writer->slots[found].ready_at)) {
            found = i;
        }
    }
    return found;
}

static struct writer_step send_slot(struct writer *writer, unsigned index)
{
    struct slot *slot = &writer->slots[index];
    slot->state = SLOT_FLYING;
    slot->cost = retry_quota_take(writer->options.quota, slot->cost) ? slot->cost : 0;
    writer->ready--;
    writer->flying++;
    slot->ticket = window_sent(&writer->window, writer->flying, writer->now_ms);
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
    bool all_written = writer->ended && occupied(writer) == 0;
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
    unsigned window = window_size(&writer->window);
    bool may_send = writer->flying < window && earliest < writer->options.slots;
    if (may_send && writer->slots[earliest].ready_at <= writer->now_ms) {
        return send_slot(writer, earliest);
    }
    // What waits for its back-off keeps nobody else from being sent: it may be about one
    // hot partition. Many that wait are about the table.
    if (!writer->ended && writer->flying < window && writer->ready < MAX_WAITING &&
        writer->free_count > 0) {
        return step_of(WRITER_FEED, writer->free[writer->free_count - 1], 0);
    }
    if (writer->ended && occupied(writer) == 0) {
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
    if (writer->free_count == 0 || index != writer->free[writer->free_count - 1] ||
        mask == 0 || writer->ended) {
        die("the writer was fed where it did not ask for it");
    }
    if (occupied(writer) == 0) {
        writer->idle_ms = 0; // there was nothing to write until now
    }
    writer->slots[index] = (struct slot){
        .state = SLOT_READY,
        .pending = mask,
        .ready_at = writer->now_ms,
    };
    writer->free_count--;
    writer->ready++;
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

static void vacate(struct writer *writer, struct slot *slot)
{
    slot->pending = 0;
    slot->state = SLOT_FREE;
    writer->idle_ms = 0;
    writer->free[writer->free_count++] = (unsigned)(slot - writer->slots);
    window_answered(&writer->window, &slot->ticket, writer->now_ms);
}

static void back_off(struct writer *writer, struct slot *slot, enum retry_cause cause,
                     uint64_t retry_after_ms)
{
    double random = writer->options.random(writer->options.context);
    if (writer->counts.written > slot->written) {
        slot->attempt = 0; // the table takes something, if not this
    }
    slot->written = writer->counts.written;
    slot->state = SLOT_READY;
    slot->cost = retry_cost(cause);
    writer->ready++;
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
    retry_quota_return(writer->options.quota, slot->cost);
    if (written > 0) {
        writer->idle_ms = 0;
    }
    if (left == 0) {
        vacate(writer, slot);
        return;
    }
    window_throttled(&writer->window, &slot->ticket);
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
        window_throttled(&writer->window, &slot->ticket);
        back_off(writer, slot, RETRY_THROTTLED, reply.retry_after_ms);
        break;
    case WRITER_REPLY_TRANSIENT:
        back_off(writer, slot, RETRY_TRANSIENT, reply.retry_after_ms);
        break;
    case WRITER_REPLY_FATAL:
        slot->state = SLOT_READY; // never sent again, but not written either
        writer->ready++;
        writer->why = WRITER_WHY_FATAL;
        break;
    case WRITER_REPLY_DECLINED:
        retry_quota_return(writer->options.quota, slot->cost);
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
