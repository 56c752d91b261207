// writer: the rules one by one, then whole runs against a simulated service that
// throttles, leaves items unprocessed, breaks connections (before or after it wrote)
// and answers in any order, under many seeded schedules.
//
//     test_writer                  2,000 schedules, 100,000 with DDBGEN_TEST_LONG
//     DDBGEN_SCHEDULES=100000 test_writer
#include "unit.h"

#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SCHEDULES 2000u
#define LONG_SCHEDULES 100000u
#define STALL_MS 60000u
#define MAX_BATCHES 40u

// --- random numbers that are the same on every machine
// ------------------------------------

struct rng {
    uint64_t state;
};

static uint64_t rng_next(struct rng *rng) // splitmix64
{
    uint64_t z = (rng->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static unsigned rng_below(struct rng *rng, unsigned n)
{
    return (unsigned)(rng_next(rng) % n);
}

static double rng_unit(void *context)
{
    struct rng *rng = context;
    return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static struct retry_quota quota;

static struct writer *make(unsigned slots, uint64_t now)
{
    quota = retry_quota_full();
    struct writer_options options = {
        .slots = slots, .stall_ms = STALL_MS, .quota = &quota, .random = half};
    return writer_new(&options, now);
}

// --- the rules
// -------------------------------------------------------------------------------

static void feed(struct writer *writer, uint32_t mask, uint64_t now)
{
    struct writer_step step = writer_next(writer, now);
    assert_int_equal(step.verb, WRITER_FEED);
    writer_fed(writer, step.slot, mask);
}

static unsigned expect_send(struct writer *writer, uint32_t mask, uint64_t now)
{
    struct writer_step step = writer_next(writer, now);
    assert_int_equal(step.verb, WRITER_SEND);
    assert_int_equal(step.mask, mask);
    return step.slot;
}

static void reply_ok(struct writer *writer, unsigned slot, uint32_t unprocessed,
                     uint64_t now)
{
    writer_replied(writer, slot, (struct writer_reply){.unprocessed = unprocessed},
                   now);
}

static void reply_with(struct writer *writer, unsigned slot,
                       enum writer_outcome outcome, uint64_t now)
{
    writer_replied(writer, slot, (struct writer_reply){.outcome = outcome}, now);
}

static void test_nothing_to_write(void **state)
{
    (void)state;
    struct writer *writer = make(4, 0);
    writer_end(writer);
    assert_int_equal(writer_next(writer, 0).verb, WRITER_DONE);
    writer_free(writer);
}

static void test_only_what_is_left_is_sent_again(void **state)
{
    (void)state;
    struct writer *writer = make(1, 0);
    feed(writer, 7, 0);
    unsigned slot = expect_send(writer, 7, 0);
    assert_int_equal(writer_next(writer, 0).verb, WRITER_WAIT);
    reply_ok(writer, slot, 2, 10);
    assert_int_equal(writer_pending(writer, slot), 2);
    struct writer_step step = writer_next(writer, 10);
    assert_int_equal(step.verb, WRITER_WAIT);
    assert_int_equal(step.until_ms, 10 + 25); // half of 50 ms
    assert_int_equal(expect_send(writer, 2, 35), slot);
    reply_ok(writer, slot, 0, 40);
    writer_end(writer);
    assert_int_equal(writer_next(writer, 40).verb, WRITER_DONE);
    struct writer_counts counts = writer_get_counts(writer);
    assert_int_equal(counts.written, 3);
    assert_int_equal(counts.requests, 2);
    assert_int_equal(counts.repeated, 1);
    writer_free(writer);
}

static void test_bits_that_were_not_sent_are_not_taken(void **state)
{
    (void)state;
    struct writer *writer = make(1, 0);
    feed(writer, 1, 0);
    unsigned slot = expect_send(writer, 1, 0);
    reply_ok(writer, slot, 0xfffffffe, 1);
    assert_int_equal(writer_pending(writer, slot), 0);
    assert_int_equal(writer_get_counts(writer).written, 1);
    writer_free(writer);
}

static void test_what_is_declined_is_not_sent_again(void **state)
{
    (void)state;
    struct writer *writer = make(1, 0);
    feed(writer, 1, 0);
    unsigned slot = expect_send(writer, 1, 0);
    reply_with(writer, slot, WRITER_REPLY_DECLINED, STALL_MS - 1);
    assert_int_equal(writer_pending(writer, slot), 0);
    feed(writer, 1, STALL_MS - 1); // an answer is an answer: no stall begins here
    slot = expect_send(writer, 1, 2 * STALL_MS - 2);
    reply_ok(writer, slot, 0, 2 * STALL_MS - 2);
    writer_end(writer);
    assert_int_equal(writer_next(writer, 2 * STALL_MS - 2).verb, WRITER_DONE);
    assert_int_equal(writer_get_counts(writer).written, 1);
    writer_free(writer);
}

static void test_back_off_is_reset_by_progress_only(void **state)
{
    (void)state;
    struct writer *writer = make(1, 0);
    feed(writer, 3, 0);
    unsigned slot = expect_send(writer, 3, 0);
    reply_ok(writer, slot, 3, 0); // nothing processed: 25 ms
    expect_send(writer, 3, 25);
    reply_ok(writer, slot, 3, 25); // again: 50 ms
    assert_int_equal(writer_next(writer, 25).until_ms, 75);
    expect_send(writer, 3, 75);
    reply_ok(writer, slot, 1, 75); // progress: 25 ms again
    assert_int_equal(writer_next(writer, 75).until_ms, 100);
    writer_free(writer);
}

static void test_retry_after(void **state)
{
    (void)state;
    struct writer *writer = make(1, 0);
    feed(writer, 1, 0);
    unsigned slot = expect_send(writer, 1, 0);
    writer_replied(writer, slot,
                   (struct writer_reply){.outcome = WRITER_REPLY_THROTTLED,
                                         .retry_after_ms = 3000},
                   0);
    assert_int_equal(writer_next(writer, 0).until_ms, 3000);
    writer_free(writer);
}

// Feeds and sends as many as the writer wants at once.
static unsigned fill(struct writer *writer, unsigned *slots, uint64_t now)
{
    unsigned count = 0;
    for (;;) {
        struct writer_step step = writer_next(writer, now);
        if (step.verb == WRITER_FEED) {
            writer_fed(writer, step.slot, 1);
        } else if (step.verb == WRITER_SEND) {
            slots[count++] = step.slot;
        } else {
            return count;
        }
    }
}

static void test_window_halves_once_and_grows(void **state)
{
    unsigned slots[WRITER_MAX_SLOTS];
    (void)state;
    struct writer *writer = make(16, 0);
    assert_int_equal(fill(writer, slots, 0), 8); // a few at first
    for (unsigned i = 0; i < 8; i++) {           // one burst: 8 -> 4, not 8 -> 1
        reply_with(writer, slots[i], WRITER_REPLY_THROTTLED, 1);
    }
    assert_int_equal(writer_get_counts(writer).throttled, 8);
    assert_int_equal(fill(writer, slots, 1001), 4);
    for (unsigned i = 0; i < 4; i++) {
        reply_ok(writer, slots[i], 0, 1002);
    }
    assert_int_equal(fill(writer, slots, 1002), 5); // a window of successes
    writer_free(writer);
}

// The service is down: 35 calls are repeated at once, then one at a time, until it answers.
static void test_repeats_cost_tokens(void **state)
{
    unsigned slots[WRITER_MAX_SLOTS];
    uint64_t now = 0;
    unsigned repeated = 0;
    unsigned most = 0;
    (void)state;
    struct writer *writer = make(16, now);
    while (now < STALL_MS - 30000) {
        bool empty = quota.tokens < 14;
        unsigned count = fill(writer, slots, now);
        repeated += empty ? count : 0;
        most = empty && count > most ? count : most;
        for (unsigned i = 0; i < count; i++) {
            reply_with(writer, slots[i], WRITER_REPLY_TRANSIENT, now);
        }
        now++;
    }
    assert_true(quota.tokens < 14);
    assert_true(repeated > 3);
    assert_int_equal(most, 1);
    unsigned count = fill(writer, slots, now + 20000);
    assert_int_equal(count, 1);
    unsigned before = quota.tokens;
    reply_ok(writer, slots[0], 0, now + 20001);
    assert_int_equal(quota.tokens, before + 1);
    writer_free(writer);
}

static struct writer *make_with(struct writer_options options)
{
    quota = retry_quota_full();
    options.stall_ms = STALL_MS;
    options.quota = &quota;
    options.random = half;
    return writer_new(&options, 0);
}

// Five units a second: an item of two units, then one of one, four times a second at most.
static void test_rate(void **state)
{
    const unsigned units[WRITER_MAX_ITEMS] = {2, 1, 1};
    (void)state;
    struct writer *writer = make_with((struct writer_options){.slots = 1, .rate = 5});
    struct writer_step step = writer_next(writer, 0);
    writer_fed(writer, step.slot, 7);
    writer_weigh(writer, step.slot, 0, units);
    unsigned slot = expect_send(writer, 1, 0); // more than a quarter, but one item
    reply_ok(writer, slot, 0, 10);
    step = writer_next(writer, 10);
    assert_int_equal(step.verb, WRITER_WAIT);
    assert_int_equal(step.until_ms, 401);
    expect_send(writer, 2, 401);
    reply_ok(writer, slot, 2,
             402); // it was not taken: it costs nothing, and comes again
    expect_send(writer, 2, 427);
    reply_ok(writer, slot, 0, 428);
    assert_int_equal(writer_next(writer, 428).until_ms, 628);
    expect_send(writer, 4, 628);
    reply_ok(writer, slot, 0, 629);
    writer_end(writer);
    assert_int_equal(writer_next(writer, 629).verb, WRITER_DONE);
    assert_int_equal(writer_get_counts(writer).written, 3);
    writer_free(writer);
}

// As fast as it goes until the table throttles, then at its pace.
static void test_pace_begins_with_throttling(void **state)
{
    unsigned slots[WRITER_MAX_SLOTS];
    (void)state;
    struct writer *writer = make_with((struct writer_options){.slots = 8, .pace = 5});
    assert_int_equal(fill(writer, slots, 0), 8);
    reply_with(writer, slots[0], WRITER_REPLY_THROTTLED, 1);
    for (unsigned i = 1; i < 8; i++) {
        reply_ok(writer, slots[i], 0, 1);
    }
    unsigned sent = 0;
    for (uint64_t now = 2; now < 10002; now++) {
        unsigned count = fill(writer, slots, now);
        sent += count;
        for (unsigned i = 0; i < count; i++) {
            reply_ok(writer, slots[i], 0, now);
        }
    }
    assert_in_range(sent, 48, 52);
    writer_free(writer);
}

// A rate of one unit a second, and an item of 400: that is no stall.
static void test_waiting_for_the_rate_is_no_stall(void **state)
{
    const unsigned units[WRITER_MAX_ITEMS] = {400, 1};
    (void)state;
    struct writer *writer = make_with((struct writer_options){.slots = 1, .rate = 1});
    struct writer_step step = writer_next(writer, 0);
    writer_fed(writer, step.slot, 3);
    writer_weigh(writer, step.slot, 0, units);
    reply_ok(writer, expect_send(writer, 1, 0), 0, 1);
    uint64_t now = 1;
    while ((step = writer_next(writer, now)).verb == WRITER_WAIT) {
        assert_true(step.until_ms > now);
        now = step.until_ms;
    }
    assert_int_equal(step.verb, WRITER_SEND);
    assert_int_equal(step.mask, 2);
    assert_in_range(now, 400000, 400002);
    writer_free(writer);
}

// Of what is ahead that is sent whose partition has fewer calls in flight.
static void test_partitions_take_turns(void **state)
{
    unsigned sent[4] = {0};
    (void)state;
    struct writer *writer =
        make_with((struct writer_options){.slots = 20, .most = 4, .ahead = 16});
    for (unsigned i = 0; i < 16; i++) { // four conversations, one after the other
        struct writer_step step = writer_next(writer, 0);
        assert_int_equal(step.verb, WRITER_FEED);
        writer_fed(writer, step.slot, 1);
        writer_weigh(writer, step.slot, i / 4, NULL);
    }
    writer_flush(writer, true);
    for (unsigned i = 0; i < 4; i++) {
        struct writer_step step = writer_next(writer, 0);
        assert_int_equal(step.verb, WRITER_SEND);
        sent[step.slot / 4]++;
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(sent[i], 1);
    }
    assert_int_equal(writer_next(writer, 0).verb, WRITER_WAIT);
    writer_free(writer);
}

static void test_fatal_awaits_what_is_in_flight(void **state)
{
    unsigned slots[WRITER_MAX_SLOTS];
    (void)state;
    struct writer *writer = make(3, 0);
    assert_int_equal(fill(writer, slots, 0), 3);
    reply_with(writer, slots[0], WRITER_REPLY_FATAL, 1);
    struct writer_step step = writer_next(writer, 1);
    assert_int_equal(step.verb, WRITER_WAIT);
    assert_true(step.until_ms == UINT64_MAX);
    reply_with(writer, slots[1], WRITER_REPLY_TRANSIENT, 2);
    assert_int_equal(writer_next(writer, 1000).verb, WRITER_WAIT); // not sent again
    reply_ok(writer, slots[2], 0, 1001);
    assert_int_equal(writer_next(writer, 1002).verb, WRITER_FAILED);
    assert_int_equal(writer_failure(writer), WRITER_WHY_FATAL);
    assert_int_equal(writer_pending(writer, slots[0]), 1);
    assert_int_equal(writer_pending(writer, slots[1]), 1);
    assert_int_equal(writer_pending(writer, slots[2]), 0);
    assert_int_equal(writer_get_counts(writer).written, 1);
    writer_free(writer);
}

static void test_stop(void **state)
{
    (void)state;
    struct writer *writer = make(2, 0);
    feed(writer, 1, 0);
    unsigned slot = expect_send(writer, 1, 0);
    writer_stop(writer);
    assert_int_equal(writer_next(writer, 0).verb, WRITER_WAIT);
    reply_ok(writer, slot, 0, 1);
    assert_int_equal(writer_next(writer, 1).verb,
                     WRITER_FAILED); // more might have come
    assert_int_equal(writer_failure(writer), WRITER_WHY_STOPPED);
    writer_end(writer);
    assert_int_equal(writer_next(writer, 1).verb, WRITER_DONE); // it had not
    writer_free(writer);
}

static void test_stall(void **state)
{
    (void)state;
    struct writer *writer = make(1, 0);
    uint64_t now = 0;
    feed(writer, 1, now);
    for (;;) {
        struct writer_step step = writer_next(writer, now);
        if (step.verb == WRITER_SEND) {
            now += 5;
            reply_with(writer, step.slot, WRITER_REPLY_TRANSIENT, now);
        } else if (step.verb == WRITER_WAIT) {
            assert_true(step.until_ms > now && step.until_ms <= STALL_MS);
            now = step.until_ms;
        } else {
            assert_int_equal(step.verb, WRITER_FAILED);
            break;
        }
    }
    assert_int_equal(writer_failure(writer), WRITER_WHY_STALLED);
    assert_true(now >= STALL_MS && now < STALL_MS + 30000);
    writer_free(writer);
}

// A long time without anything to write, or without anybody asking, is no stall.
static void test_idleness_is_no_stall(void **state)
{
    (void)state;
    struct writer *writer = make(2, 0);
    feed(writer, 1, 0);
    reply_ok(writer, expect_send(writer, 1, 0), 0, 1);
    feed(writer, 1, 10 * STALL_MS); // the compiler took its time
    unsigned slot = expect_send(writer, 1, 10 * STALL_MS);
    assert_int_equal(writer_next(writer, 20 * STALL_MS).verb,
                     WRITER_FEED); // stopped by ^Z
    reply_ok(writer, slot, 0, 20 * STALL_MS);
    writer_end(writer);
    assert_int_equal(writer_next(writer, 20 * STALL_MS).verb, WRITER_DONE);
    writer_free(writer);
}

// --- whole runs
// ------------------------------------------------------------------------------

struct call {
    bool flying;
    uint32_t mask;
    unsigned batch;
    uint64_t due_ms;
};

struct simulation {
    struct rng rng;
    unsigned slots;
    unsigned batches; // to be fed
    unsigned fed;
    unsigned chance[4]; // percent: throttled, transient, unprocessed, fatal (per mille)
    uint64_t now;
    unsigned flying;
    bool fatal_played;
    struct call calls[WRITER_MAX_SLOTS];
    unsigned batch_of[WRITER_MAX_SLOTS]; // what each slot holds
    uint32_t declared[MAX_BATCHES];
    uint32_t stored[MAX_BATCHES]; // what the service has
};

static void simulation_begin(struct simulation *s, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->rng.state = seed;
    s->slots = 1 + rng_below(&s->rng, WRITER_MAX_SLOTS);
    s->batches = rng_below(&s->rng, MAX_BATCHES + 1);
    s->chance[0] = rng_below(&s->rng, 60);
    s->chance[1] = rng_below(&s->rng, 60);
    s->chance[2] = rng_below(&s->rng, 100);
    s->chance[3] = rng_below(&s->rng, 4) == 0 ? 20 : 0;
    for (unsigned i = 0; i < s->batches; i++) {
        s->declared[i] = (UINT32_C(1) << (1 + rng_below(&s->rng, 25))) - 1;
    }
    s->now = rng_next(&s->rng) % 1000000;
}

static uint32_t random_part(struct simulation *s, uint32_t mask)
{
    return mask & (uint32_t)rng_next(&s->rng);
}

// What the service does with a call that arrives, and what the client hears of it.
static struct writer_reply answer(struct simulation *s, const struct call *call)
{
    struct writer_reply reply = {.outcome = WRITER_REPLY_OK};
    if (rng_below(&s->rng, 10) == 0) {
        reply.retry_after_ms = rng_below(&s->rng, 10000);
    }
    if (rng_below(&s->rng, 1000) < s->chance[3]) {
        s->fatal_played = true;
        reply.outcome = WRITER_REPLY_FATAL;
    } else if (rng_below(&s->rng, 100) < s->chance[0]) {
        reply.outcome = WRITER_REPLY_THROTTLED;
    } else if (rng_below(&s->rng, 100) < s->chance[1]) {
        reply.outcome = WRITER_REPLY_TRANSIENT; // written not at all, partly, or whole
        s->stored[call->batch] |= random_part(s, call->mask);
        if (rng_below(&s->rng, 2) == 0) {
            s->stored[call->batch] |= call->mask;
        }
    } else {
        if (rng_below(&s->rng, 100) < s->chance[2]) {
            reply.unprocessed = random_part(s, call->mask);
        }
        s->stored[call->batch] |= call->mask & ~reply.unprocessed;
    }
    return reply;
}

// Moves the time to the next reply or to `until`, and delivers the reply.
static void simulation_wait(struct simulation *s, struct writer *writer, uint64_t until)
{
    unsigned next = WRITER_MAX_SLOTS;
    for (unsigned i = 0; i < s->slots; i++) {
        if (s->calls[i].flying &&
            (next == WRITER_MAX_SLOTS || s->calls[i].due_ms < s->calls[next].due_ms)) {
            next = i;
        }
    }
    assert_true(next < WRITER_MAX_SLOTS ||
                until != UINT64_MAX); // else it waits for ever
    if (next == WRITER_MAX_SLOTS || s->calls[next].due_ms > until) {
        assert_true(until > s->now); // a wait that waits for nothing would spin
        s->now = until;
        return;
    }
    if (s->calls[next].due_ms > s->now) {
        s->now = s->calls[next].due_ms;
    }
    s->calls[next].flying = false;
    s->flying--;
    writer_replied(writer, next, answer(s, &s->calls[next]), s->now);
}

static void simulation_send(struct simulation *s, const struct writer_step *step)
{
    struct call *call = &s->calls[step->slot];
    assert_false(call->flying); // never twice in flight
    assert_true(step->mask != 0);
    unsigned batch = s->batch_of[step->slot];
    assert_int_equal(step->mask & ~s->declared[batch], 0);
    *call = (struct call){true, step->mask, batch, s->now + rng_below(&s->rng, 400)};
    s->flying++;
    assert_true(s->flying <= s->slots);
}

// Runs one schedule to its end and returns the last verb.
static enum writer_verb simulation_run(struct simulation *s, struct writer *writer)
{
    for (unsigned steps = 0; steps < 1000000; steps++) {
        struct writer_step step = writer_next(writer, s->now);
        assert_false(s->fatal_played && step.verb == WRITER_SEND);
        assert_false(s->fatal_played && step.verb == WRITER_FEED);
        if (step.verb == WRITER_FEED && s->fed < s->batches) {
            s->batch_of[step.slot] = s->fed;
            writer_fed(writer, step.slot, s->declared[s->fed]);
            s->fed++;
        } else if (step.verb == WRITER_FEED) {
            writer_end(writer);
        } else if (step.verb == WRITER_SEND) {
            simulation_send(s, &step);
        } else if (step.verb == WRITER_WAIT) {
            simulation_wait(s, writer, step.until_ms);
        } else {
            assert_int_equal(s->flying, 0);
            return step.verb;
        }
    }
    fail_msg("the writer does not come to an end");
    return WRITER_FAILED;
}

// What the writer believes is what the service has.
static void simulation_check(struct simulation *s, struct writer *writer,
                             enum writer_verb verb)
{
    uint64_t written = 0;
    uint32_t pending[MAX_BATCHES] = {0};
    for (unsigned i = 0; i < s->slots; i++) {
        if (writer_pending(writer, i) != 0) {
            pending[s->batch_of[i]] = writer_pending(writer, i);
        }
    }
    for (unsigned i = 0; i < s->fed; i++) {
        uint32_t believed = s->declared[i] & ~pending[i];
        assert_int_equal(believed & ~s->stored[i], 0); // nothing is believed in vain
        written += (unsigned)__builtin_popcount(believed);
        if (verb == WRITER_DONE) {
            assert_int_equal(s->stored[i], s->declared[i]);
        }
    }
    assert_int_equal(writer_get_counts(writer).written, written);
    if (verb == WRITER_DONE) {
        assert_int_equal(s->fed, s->batches);
        // A reply that completes it may still come after it was given up as stalled.
        assert_int_not_equal(writer_failure(writer), WRITER_WHY_FATAL);
    } else {
        assert_true(writer_failure(writer) == WRITER_WHY_FATAL ? s->fatal_played
                                                               : !s->fatal_played);
    }
}

static void test_schedules(void **state)
{
    (void)state;
    const char *wanted = getenv("DDBGEN_SCHEDULES");
    bool is_long = getenv("DDBGEN_TEST_LONG") != NULL;
    unsigned long schedules = is_long ? LONG_SCHEDULES : DEFAULT_SCHEDULES;
    schedules = wanted != NULL ? strtoul(wanted, NULL, 10) : schedules;
    unsigned long done = 0;
    unsigned long stalled = 0;
    for (unsigned long seed = 1; seed <= schedules; seed++) {
        struct simulation s;
        simulation_begin(&s, seed);
        struct rng jitter = {seed ^ 0xabcdef};
        // A short patience in a quarter of the runs; the others must all be written.
        bool patient = seed % 4 != 0;
        quota = retry_quota_full();
        struct writer_options options = {.slots = s.slots,
                                         .stall_ms =
                                             patient ? UINT64_MAX / 2 : STALL_MS,
                                         .quota = &quota,
                                         .random = rng_unit,
                                         .context = &jitter};
        struct writer *writer = writer_new(&options, s.now);
        enum writer_verb verb = simulation_run(&s, writer);
        simulation_check(&s, writer, verb);
        done += verb == WRITER_DONE;
        bool gave_up = writer_failure(writer) == WRITER_WHY_STALLED;
        assert_false(patient && gave_up);
        stalled += gave_up;
        writer_free(writer);
    }
    print_message("%lu schedules: %lu written whole, %lu stalled\n", schedules, done,
                  stalled);
    assert_true(done > schedules / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_to_write),
        cmocka_unit_test(test_only_what_is_left_is_sent_again),
        cmocka_unit_test(test_bits_that_were_not_sent_are_not_taken),
        cmocka_unit_test(test_what_is_declined_is_not_sent_again),
        cmocka_unit_test(test_back_off_is_reset_by_progress_only),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_window_halves_once_and_grows),
        cmocka_unit_test(test_repeats_cost_tokens),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_pace_begins_with_throttling),
        cmocka_unit_test(test_waiting_for_the_rate_is_no_stall),
        cmocka_unit_test(test_partitions_take_turns),
        cmocka_unit_test(test_fatal_awaits_what_is_in_flight),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_idleness_is_no_stall),
        cmocka_unit_test(test_schedules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
