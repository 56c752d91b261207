// The window's decisions. Enter: when requests were sent and answered, and which of them
// were throttled. Leave: how many may be in flight.
//
// What goes in and out of a queue obeys Little's law: requests in flight = rate * latency.
// So the best rate times the latency without a queue is how many have to be in flight for
// that rate, whatever the network is; both are measured, and neither is believed for long.
#include "window.h"

#include "die.h"

#define START 8.0  // requests in flight at first
#define FEWEST 4.0 // that latency alone asks for
#define GAIN 1.5   // what is in flight beyond the bandwidth-delay product keeps it busy
#define QUEUED 1.25 // latency beyond this multiple of the least one is a queue
#define STARTED 2.0 // and beyond this one there is no more to gain by doubling
#define SHRINK 0.8  // what asks for less than this share of the window is tried first
#define PROBE_ROUNDS 16u
#define START_ROUND_MS 5u
#define ROUND_MS 20u
#define START_SAMPLES 8u
#define SAMPLES 16u
#define LEAST_MS 0.05 // latency below the clock's resolution

void window_begin(struct window *window, unsigned most)
{
    if (most < 1) {
        die("a window of none");
    }
    *window = (struct window){
        .most = most,
        .limit = most < START ? most : START,
        .ceiling = most,
    };
}

static double clamped(const struct window *window, double limit)
{
    double least = window->most < FEWEST ? window->most : FEWEST;
    return limit < least ? least : limit > window->most ? window->most : limit;
}

void window_set_most(struct window *window, unsigned most)
{
    bool throttled = window->ceiling < window->most;
    window->most = most < 1 ? 1 : most;
    window->limit = clamped(window, window->limit);
    if (!throttled || window->ceiling > window->most) {
        window->ceiling = window->most;
    }
}

unsigned window_size(const struct window *window)
{
    double size = window->limit < window->ceiling ? window->limit : window->ceiling;
    return size < 1 ? 1 : (unsigned)size;
}

static void round_begin(struct window *window)
{
    window->round = (struct window_round){.number = window->round.number + 1};
}

struct window_ticket window_sent(struct window *window, unsigned flying,
                                 uint64_t now_ms)
{
    if (window->round.sent++ == 0) {
        window->round.began_ms = now_ms;
    }
    window->round.at_limit += flying >= window_size(window);
    return (struct window_ticket){now_ms, window->round.number, window->burst};
}

// ---- what was measured

static double mean_ms(const struct window_round *round)
{
    double mean = (double)round->waited_ms / (double)round->sampled;
    return mean > LEAST_MS ? mean : LEAST_MS;
}

static double best_rate(const struct window *window)
{
    double best = 0;
    for (unsigned i = 0; i < WINDOW_RATES && i < window->rate_count; i++) {
        best = window->rates[i] > best ? window->rates[i] : best;
    }
    return best;
}

// What the network holds at the best rate, and half as much again.
static double wanted(const struct window *window)
{
    return clamped(window, GAIN * best_rate(window) * window->base_ms + 1);
}

static bool is_over(const struct window *window, uint64_t now_ms)
{
    const struct window_round *round = &window->round;
    if (!round->settled) {
        return false;
    }
    uint64_t elapsed = now_ms - round->from_ms;
    uint64_t size = window_size(window);
    if (window->phase == WINDOW_STARTING) {
        return round->sampled >= START_SAMPLES && round->sampled >= size &&
               now_ms - round->began_ms >= START_ROUND_MS;
    }
    return round->sampled >= SAMPLES && round->answers >= size && elapsed >= ROUND_MS &&
           (double)elapsed >= mean_ms(round);
}

// ---- decisions

static void decide_starting(struct window *window, double mean)
{
    if (window->base_ms > 0 && mean > STARTED * window->base_ms) {
        window->limit = clamped(window, window->limit / 2);
        window->phase = WINDOW_STEADY;
        return;
    }
    window->limit = clamped(window, window->limit * 2);
    if (window->limit >= window->most) {
        window->phase = WINDOW_STEADY;
    }
}

static void decide_steady(struct window *window, double mean)
{
    double limit = wanted(window);
    bool queued = mean > QUEUED * window->base_ms;
    window->since_probe++;
    if (limit >= window->limit) {
        window->limit = limit;
    }
    if (limit < SHRINK * window->limit ||
        (queued && window->since_probe >= PROBE_ROUNDS)) {
        window->phase = WINDOW_PROBING;
        window->limit = clamped(window, window->limit / 2);
    }
}

static void decide_probed(struct window *window, double mean)
{
    window->base_ms = mean; // the latency of today, be it shorter or longer
    window->since_probe = 0;
    window->phase = WINDOW_STEADY;
    window->limit = wanted(window);
}

static void decide(struct window *window, uint64_t now_ms)
{
    struct window_round round = window->round;
    double mean = mean_ms(&round);
    bool full = 8 * round.at_limit >= round.sent;
    round_begin(window);
    if (window->base_ms == 0 || mean < window->base_ms) {
        window->base_ms = mean;
    }
    if (!full && window->phase != WINDOW_PROBING) {
        return; // there was less to send than the window allows: it tells nothing
    }
    if (window->phase == WINDOW_STARTING) {
        decide_starting(window, mean);
        return;
    }
    window->rates[window->rate_count++ % WINDOW_RATES] =
        (double)round.answers / (double)(now_ms - round.from_ms);
    if (window->phase == WINDOW_PROBING) {
        decide_probed(window, mean);
    } else {
        decide_steady(window, mean);
    }
}

static void ceiling_raise(struct window *window)
{
    if (window->ceiling >= window->most) {
        return;
    }
    window->successes++;
    if (window->successes >= window_size(window)) {
        window->ceiling =
            window->ceiling + 1 < window->most ? window->ceiling + 1 : window->most;
        window->successes = 0;
    }
}

void window_answered(struct window *window, const struct window_ticket *ticket,
                     uint64_t now_ms)
{
    struct window_round *round = &window->round;
    bool held = window->ceiling < window->limit;
    ceiling_raise(window);
    if (held) { // what it measures is the service's patience, not the network
        round_begin(window);
        return;
    }
    round->answers++;
    if (ticket->round != round->number) {
        return;
    }
    if (!round->settled) {
        round->settled = true;
        round->from_ms = now_ms;
        round->answers = 0;
    }
    round->sampled++;
    round->waited_ms += now_ms > ticket->sent_ms ? now_ms - ticket->sent_ms : 0;
    if (is_over(window, now_ms)) {
        decide(window, now_ms);
    }
}

void window_throttled(struct window *window, const struct window_ticket *ticket)
{
    if (ticket->burst != window->burst) {
        return; // sent before it was last halved: one burst is one event
    }
    double size = window_size(window);
    window->ceiling = size > 1 ? (double)(unsigned)(size / 2) : 1;
    window->successes = 0;
    window->burst++;
    if (window->phase == WINDOW_STARTING) {
        window->phase = WINDOW_STEADY;
    }
    round_begin(window);
}
