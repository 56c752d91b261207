// window: its rules, then the bulk writer on simulated networks and throttling tables.
// Nothing is lost, no more is in flight than may be, and what is written in a time is held
// against what no window whatever could pass: the network's own rate, or the table's.
//
//     test_window                    120 networks, 3,000 with DDBGEN_TEST_LONG
//     DDBGEN_NETWORKS=9000 test_window
//     DDBGEN_NETWORK=17 test_window  that one alone, and what its window does
#include "unit.h"

#include "window.h"
#include "writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_NETWORKS 120u
#define LONG_NETWORKS 3000u
#define BATCH 25u
#define ALL ((UINT32_C(1) << BATCH) - 1)
#define PATIENCE_MS 120000u

// --- random numbers that are the same on every machine

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

static double rng_unit(void *context)
{
    struct rng *rng = context;
    return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

// Between two numbers, as likely in each decade.
static double rng_scale(struct rng *rng, double from, double to)
{
    return from * pow(to / from, rng_unit(rng));
}

// --- the simulated network. Times in milliseconds, with fractions that the writer's clock
// does not see.

struct network {
    struct rng rng;
    unsigned slots;
    unsigned ahead;  // of them, for what is chosen from
    double latency;  // there and back, of an idle network
    double jitter;   // on top of it, on average
    double service;  // that a request keeps the server
    double client;   // that making one keeps us
    double capacity; // items a millisecond that the table takes; 0: all
    double burst;    // items that it takes at once
    double rate;     // items a second that we want at most; 0: none
    bool refuses;    // what it takes nothing of is an error, not unprocessed
    double share;    // of the ideal that has to be reached
};

struct call {
    bool flying;
    double due;
    uint32_t mask;
    uint32_t taken;
    bool refused;
};

struct run {
    struct network net;
    double now;
    double server_free;
    double tokens;
    double tokens_at;
    unsigned flying;
    unsigned most_flying;
    uint64_t fed;
    uint64_t to_feed;
    uint64_t stored;
    double second[512]; // when the last items were sent
    uint64_t sent;
    struct call calls[WRITER_MAX_SLOTS];
};

static uint64_t ms(double time)
{
    return (uint64_t)time;
}

static unsigned count_bits(uint32_t mask)
{
    return (unsigned)__builtin_popcount(mask);
}

static uint32_t first_bits(uint32_t mask, unsigned count)
{
    uint32_t taken = 0;
    for (unsigned i = 0; i < BATCH && count > 0; i++) {
        if ((mask >> i & 1) != 0) {
            taken |= UINT32_C(1) << i;
            count--;
        }
    }
    return taken;
}

// What the table takes of it at that time.
static uint32_t take(struct run *run, uint32_t mask, double at)
{
    struct network *net = &run->net;
    if (net->capacity == 0) {
        return mask;
    }
    run->tokens += (at - run->tokens_at) * net->capacity;
    run->tokens = run->tokens < net->burst ? run->tokens : net->burst;
    run->tokens_at = at;
    unsigned wanted = count_bits(mask);
    unsigned taken = run->tokens > wanted ? wanted : (unsigned)run->tokens;
    run->tokens -= taken;
    return first_bits(mask, taken);
}

// Of what is taken in no second more than the rate, and one call, which is a quarter of it at most.
static void rate_check(struct run *run, unsigned sent, unsigned items)
{
    struct network *net = &run->net;
    if (net->rate == 0) {
        return;
    }
    assert_true(sent == 1 || sent <= net->rate / 4);
    uint64_t most = (uint64_t)(net->rate * 1.25) + 1;
    for (unsigned i = 0; i < items; i++, run->sent++) {
        assert_true(most < COUNT_OF(run->second));
        if (run->sent >= most) {
            double then = run->second[(run->sent - most) % COUNT_OF(run->second)];
            assert_true(run->now - then >= 998);
        }
        run->second[run->sent % COUNT_OF(run->second)] = run->now;
    }
}

static void run_send(struct run *run, unsigned slot, uint32_t mask)
{
    struct network *net = &run->net;
    struct call *call = &run->calls[slot];
    assert_false(call->flying);
    run->now += net->client;
    double arrived = run->now + net->latency / 2;
    double begun = arrived > run->server_free ? arrived : run->server_free;
    double late = -log(1 - rng_unit(&net->rng)) * net->jitter;
    run->server_free = begun + net->service;
    *call = (struct call){.flying = true,
                          .mask = mask,
                          .due = run->server_free + net->latency / 2 + late};
    call->taken = take(run, mask, begun);
    call->refused = call->taken == 0 && net->refuses;
    run->stored += count_bits(call->taken);
    run->flying++;
    assert_true(run->flying <= net->slots - net->ahead);
    rate_check(run, count_bits(mask), count_bits(call->taken));
    run->most_flying = run->flying > run->most_flying ? run->flying : run->most_flying;
}

static void run_wait(struct run *run, struct writer *writer, uint64_t until)
{
    unsigned next = WRITER_MAX_SLOTS;
    for (unsigned i = 0; i < run->net.slots; i++) {
        if (run->calls[i].flying &&
            (next == WRITER_MAX_SLOTS || run->calls[i].due < run->calls[next].due)) {
            next = i;
        }
    }
    if (next == WRITER_MAX_SLOTS || run->calls[next].due > (double)until) {
        assert_true(until > ms(run->now) && until != UINT64_MAX);
        run->now = (double)until;
        return;
    }
    struct call *call = &run->calls[next];
    run->now = run->now > call->due ? run->now : call->due;
    call->flying = false;
    run->flying--;
    writer_replied(
        writer, next,
        (struct writer_reply){
            .outcome = call->refused ? WRITER_REPLY_THROTTLED : WRITER_REPLY_OK,
            .unprocessed = call->mask & ~call->taken,
        },
        ms(run->now));
}

// Returns the time that it took.
static double run_all(struct run *run)
{
    struct retry_quota quota = retry_quota_full();
    struct writer_options options = {.slots = run->net.slots,
                                     .quota = &quota,
                                     .ahead = run->net.ahead,
                                     .most = run->net.slots - run->net.ahead,
                                     .rate = run->net.rate,
                                     .stall_ms = PATIENCE_MS,
                                     .random = rng_unit,
                                     .context = &run->net.rng};
    struct writer *writer = writer_new(&options, 0);
    bool traced = getenv("DDBGEN_NETWORK") != NULL;
    double shown = 0;
    for (;;) {
        struct writer_step step = writer_next(writer, ms(run->now));
        if (traced && run->now >= shown) {
            printf("%8.0f ms: %u in flight, %lu written\n", run->now, run->flying,
                   (unsigned long)writer_get_counts(writer).written);
            shown = run->now + run->net.latency * 2 + 20;
        }
        if (step.verb == WRITER_FEED && run->fed < run->to_feed) {
            writer_fed(writer, step.slot, ALL);
            run->fed++;
        } else if (step.verb == WRITER_FEED) {
            writer_end(writer);
        } else if (step.verb == WRITER_SEND) {
            run_send(run, step.slot, step.mask);
        } else if (step.verb == WRITER_WAIT) {
            run_wait(run, writer, step.until_ms);
        } else {
            assert_int_equal(step.verb, WRITER_DONE);
            break;
        }
    }
    assert_int_equal(writer_get_counts(writer).written, run->to_feed * BATCH);
    assert_int_equal(run->stored, run->to_feed * BATCH);
    writer_free(writer);
    return run->now;
}

// Requests a millisecond that pass with so many in flight at most, whoever chooses when.
static double ideal_rate(const struct network *net)
{
    double round = net->latency + net->jitter + net->service;
    double rate = (net->slots - net->ahead) / round;
    double slowest = net->service > net->client ? net->service : net->client;
    return slowest > 0 && rate > 1 / slowest ? 1 / slowest : rate;
}

static double ideal_time(const struct run *run)
{
    double time = (double)run->to_feed / ideal_rate(&run->net);
    if (run->net.capacity > 0) {
        double items = (double)run->to_feed * BATCH - run->net.burst;
        double limited = items > 0 ? items / run->net.capacity : 0;
        time = limited > time ? limited : time;
    }
    if (run->net.rate > 0) {
        double items = (double)run->to_feed * BATCH - run->net.rate / 4;
        time = fmax(time, 1000 * items / run->net.rate);
    }
    return time;
}

static struct network draw(uint64_t seed)
{
    struct network net = {.rng = {seed}, .share = 0.8};
    struct rng *rng = &net.rng;
    net.slots = (unsigned)rng_scale(rng, 8, 257);
    net.latency = rng_scale(rng, 1, 200);
    net.jitter = net.latency * rng_unit(rng) * (seed % 2 == 0 ? 0.1 : 1);
    net.service = seed % 3 == 0 ? 0 : rng_scale(rng, 0.02, 5);
    net.client = rng_scale(rng, 0.02, 0.2);
    if (seed % 5 == 0) { // as the loader has it
        net.ahead = 16 + (unsigned)(rng_unit(rng) * 64);
        net.slots += net.ahead;
    }
    if (seed % 7 == 0) {
        net.rate = rng_scale(rng, 2, 380);
    }
    if (seed % 4 == 0) {
        net.capacity = rng_scale(rng, 0.05, 20);
        net.burst = net.capacity * rng_scale(rng, 1000, 30000);
        net.refuses = seed % 8 == 0;
    }
    return net;
}

static double measure(uint64_t seed, struct run *run)
{
    *run = (struct run){.net = draw(seed)};
    run->tokens = run->net.burst;
    // Long enough for a start of some rounds, and some seconds of what comes then.
    double length = 2000 + 60 * run->net.latency;
    double rate = ideal_rate(&run->net);
    run->to_feed = (uint64_t)(rate * length) + 1;
    if (run->net.capacity > 0) {
        double batches = (run->net.burst + run->net.capacity * 10 * length) / BATCH + 1;
        run->to_feed =
            batches < (double)run->to_feed ? (uint64_t)batches : run->to_feed;
    }
    if (run->net.rate > 0) {
        double batches = run->net.rate * 10 / BATCH + 1;
        run->to_feed = (uint64_t)fmin(batches, (double)run->to_feed);
    }
    return ideal_time(run) / run_all(run);
}

static void test_networks(void **state)
{
    (void)state;
    const char *wanted = getenv("DDBGEN_NETWORKS");
    const char *one = getenv("DDBGEN_NETWORK");
    bool is_long = getenv("DDBGEN_TEST_LONG") != NULL;
    uint64_t networks = is_long ? LONG_NETWORKS : DEFAULT_NETWORKS;
    networks = wanted != NULL ? strtoul(wanted, NULL, 10) : networks;
    uint64_t first = one != NULL ? strtoul(one, NULL, 10) : 1;
    uint64_t last = one != NULL ? first : networks;
    unsigned failed = 0;
    double least = 1;
    static struct run run;
    for (uint64_t seed = first; seed <= last; seed++) {
        double share = measure(seed, &run);
        least = share < least ? share : least;
        if (share < run.net.share || one != NULL) {
            failed += share < run.net.share;
            print_message(
                "network %lu: %.2f of the ideal; %u slots, latency %.1f + %.1f, "
                "service %.2f, client %.2f, capacity %.2f, burst %.0f, refuses "
                "%d; %u in flight, %lu requests, ideal %.0f ms\n",
                (unsigned long)seed, share, run.net.slots, run.net.latency,
                run.net.jitter, run.net.service, run.net.client, run.net.capacity,
                run.net.burst, run.net.refuses, run.most_flying,
                (unsigned long)run.to_feed, ideal_time(&run));
        }
    }
    print_message("%lu networks, at least %.2f of the ideal\n",
                  (unsigned long)(last - first + 1), least);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
