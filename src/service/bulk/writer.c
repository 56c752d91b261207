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
#define PARTITIONS 256u // that are told apart
#define SHARE_MS 250.0  // of a rate: what one call may take
#define SECOND_MS 1000.0

enum slot_state {
    SLOT_FREE,
    SLOT_READY,
    SLOT_FLYING,
};

struct slot {
    enum slot_state state;
    uint32_t pending; // bits not known to be written
    uint32_t sent;    // FLYING: those of them that are under way
    uint32_t partition;
    unsigned units[WRITER_MAX_ITEMS];
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
    unsigned flying_in[PARTITIONS];  // calls, by partition
    unsigned free[WRITER_MAX_SLOTS]; // the FREE ones, to be taken from the end
    unsigned free_count;
    unsigned flying;
    unsigned ready;
    struct window window;
    uint64_t now_ms;  // of the last call that told the time
    uint64_t idle_ms; // since something was written, or there was nothing to write
    double free_ms;   // with a rate: when the next call may be sent
    bool throttled;   // the pace counts from now on
    bool flush;
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
    bool fewer = options->most > 0 && options->most < options->slots;
    window_begin(&writer->window, fewer ? options->most : options->slots);
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

// Write units a second; 0: as many as go.
static double rate_of(const struct writer *writer)
{
    double rate = writer->options.rate;
    double pace = writer->throttled ? writer->options.pace : 0;
    return rate == 0 || (pace > 0 && pace < rate) ? pace : rate;
}

static bool is_paced(const struct writer *writer)
{
    return writer->free_ms > (double)writer->now_ms && rate_of(writer) > 0;
}

static void clock_advance(struct writer *writer, uint64_t now_ms)
{
    uint64_t gap = now_ms > writer->now_ms ? now_ms - writer->now_ms : 0;
    bool waits_by_itself = writer->flying == 0 && is_paced(writer);
    writer->now_ms += gap;
    if (occupied(writer) > 0 && !waits_by_itself) {
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

// Of two READY ones: that which may be sent now, of the partition with fewer calls in
// flight; else that which may be sent first.
static bool goes_before(const struct writer *writer, const struct slot *a,
                        const struct slot *b)
{
    bool a_due = a->ready_at <= writer->now_ms;
    bool b_due = b->ready_at <= writer->now_ms;
    if (a_due && b_due) {
        unsigned a_flying = writer->flying_in[a->partition % PARTITIONS];
        unsigned b_flying = writer->flying_in[b->partition % PARTITIONS];
        if (a_flying != b_flying) {
            return a_flying < b_flying;
        }
    }
    return a->ready_at < b->ready_at;
}

// The READY slot that is to be sent first, or the number of slots.
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
             goes_before(writer, slot, &writer->slots[found]))) {
            found = i;
        }
    }
    return found;
}

// What of a slot goes out at once: all of it, or as much as the rate gives for a call, and
// at least one item. The rate is charged with it.
static uint32_t take_share(struct writer *writer, const struct slot *slot)
{
    double rate = rate_of(writer);
    double most = rate * SHARE_MS / SECOND_MS;
    double units = 0;
    uint32_t mask = 0;
    if (rate == 0) {
        return slot->pending;
    }
    for (unsigned i = 0; i < WRITER_MAX_ITEMS; i++) {
        if ((slot->pending >> i & 1) != 0 &&
            (mask == 0 || units + slot->units[i] <= most)) {
            mask |= UINT32_C(1) << i;
            units += slot->units[i];
        }
    }
    if (writer->free_ms < (double)writer->now_ms) {
        writer->free_ms = (double)writer->now_ms;
    }
    writer->free_ms += units * SECOND_MS / rate;
    return mask;
}

// What the service did not take costs nothing.
static void give_back(struct writer *writer, const struct slot *slot, uint32_t mask)
{
    double rate = rate_of(writer);
    for (unsigned i = 0; rate > 0 && i < WRITER_MAX_ITEMS; i++) {
        if ((mask >> i & 1) != 0) {
            writer->free_ms -= slot->units[i] * SECOND_MS / rate;
        }
    }
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
    slot->sent = take_share(writer, slot);
    writer->flying_in[slot->partition % PARTITIONS]++;
    return step_of(WRITER_SEND, index, slot->sent);
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

// Until when to wait, at most.
static uint64_t wait_until(const struct writer *writer, unsigned earliest)
{
    uint64_t until = writer->now_ms + (writer->options.stall_ms - writer->idle_ms);
    if (until - writer->now_ms > GAP_MAX_MS) {
        until = writer->now_ms + GAP_MAX_MS; // so that a stall is timed, however long
    }
    if (earliest < writer->options.slots) {
        uint64_t next = writer->slots[earliest].ready_at;
        if (is_paced(writer) && (double)next < writer->free_ms) {
            next = (uint64_t)writer->free_ms + 1;
        }
        until = next < until ? next : until;
    }
    return until;
}

// What waits for its back-off keeps nobody else from being sent: it may be about one hot
// partition. Many that wait are about the table.
static bool wants_more(const struct writer *writer, bool may_send)
{
    unsigned ahead = writer->options.ahead;
    if (writer->ended || writer->free_count == 0) {
        return false;
    }
    if (writer->flush) {
        return occupied(writer) == 0;
    }
    return may_send ? writer->ready < ahead : writer->ready < MAX_WAITING + ahead;
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
    bool open = writer->flying < window_size(&writer->window);
    bool may_send = open && earliest < writer->options.slots && !is_paced(writer) &&
                    writer->slots[earliest].ready_at <= writer->now_ms;
    if (open && wants_more(writer, may_send)) {
        return step_of(WRITER_FEED, writer->free[writer->free_count - 1], 0);
    }
    if (may_send) {
        return send_slot(writer, earliest);
    }
    if (writer->ended && occupied(writer) == 0) {
        return step_of(WRITER_DONE, 0, 0);
    }
    return (struct writer_step){
        .verb = WRITER_WAIT,
        .until_ms = wait_until(writer, open ? earliest : writer->options.slots),
    };
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
    writer_weigh(writer, index, 0, NULL);
    writer->free_count--;
    writer->ready++;
}

void writer_weigh(struct writer *writer, unsigned index, uint32_t partition,
                  const unsigned *units)
{
    struct slot *slot = &writer->slots[index];
    slot->partition = partition;
    for (unsigned i = 0; i < WRITER_MAX_ITEMS; i++) {
        slot->units[i] = units != NULL ? units[i] : 1;
    }
}

void writer_flush(struct writer *writer, bool flush)
{
    writer->flush = flush;
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

static void note_throttled(struct writer *writer, const struct slot *slot,
                           uint32_t refused)
{
    give_back(writer, slot, refused);
    writer->throttled = true;
}

static void replied_ok(struct writer *writer, struct slot *slot,
                       const struct writer_reply *reply)
{
    uint32_t refused = slot->sent & reply->unprocessed;
    uint32_t left = (slot->pending & ~slot->sent) | refused;
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
    if (refused == 0) { // the rest is sent as the rate allows
        slot->state = SLOT_READY;
        slot->ready_at = writer->now_ms;
        slot->cost = 0;
        writer->ready++;
        window_answered(&writer->window, &slot->ticket, writer->now_ms);
        return;
    }
    note_throttled(writer, slot, refused);
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
    writer->flying_in[slot->partition % PARTITIONS]--;
    switch (reply.outcome) {
    case WRITER_REPLY_OK:
        replied_ok(writer, slot, &reply);
        break;
    case WRITER_REPLY_THROTTLED:
        writer->counts.throttled++;
        note_throttled(writer, slot, slot->sent);
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
