// How many requests may be in flight at once: the control behind the bulk writer and the
// parallel reads, as a pure state machine. Time is passed in.
//
//     window_begin
//     window_sent         each request, once it is sent; its ticket comes back with
//     window_answered     a whole answer, or
//     window_throttled    one that says that it was too fast
//     window_size         how many may be in flight now
//
// It starts with a few and doubles from round to round while latency stays. Then it keeps
// half as many again as are under way in an idle network at the best rate that was seen
// (the bandwidth-delay product): more would only wait in a queue. When latency rises
// without gain, half of the window for a moment shows whether that is such a queue, which
// then goes, or a longer way, which needs more. Throttling halves it, once for all that
// was sent before, and from then on it grows by one for each window of successes.
#ifndef DDB_SERVICE_WINDOW_H
#define DDB_SERVICE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#define WINDOW_RATES 8u // rounds whose best rate counts

enum window_phase {
    WINDOW_STARTING, // it doubles
    WINDOW_STEADY,
    WINDOW_PROBING, // half of it, to see latency without a queue
};

// What is measured between two decisions, of requests that were sent in between.
struct window_round {
    uint64_t number;
    uint64_t began_ms; // when the first of them was sent
    uint64_t from_ms;  // when the first of them was answered
    bool settled;      // it was
    uint64_t sent;
    uint64_t at_limit;  // of them filled the window
    uint64_t answers;   // since from_ms, to any request
    uint64_t sampled;   // of its own requests
    uint64_t waited_ms; // by these together
};

struct window {
    unsigned most;
    enum window_phase phase;
    double limit;       // by what the network gives
    double ceiling;     // by what the service takes; `most` when it takes all
    unsigned successes; // since the ceiling last moved
    uint64_t burst;     // grows when the ceiling is lowered
    struct window_round round;
    double base_ms;             // latency without a queue; 0: not known
    double rates[WINDOW_RATES]; // answers a millisecond, of the last rounds
    unsigned rate_count;        // rounds that ever wrote one
    unsigned since_probe;       // rounds
};

struct window_ticket {
    uint64_t sent_ms;
    uint64_t round;
    uint64_t burst;
};

// most: at least 1.
void window_begin(struct window *window, unsigned most);
// From now on no more than that; at least 1.
void window_set_most(struct window *window, unsigned most);
unsigned window_size(const struct window *window);
// flying: how many are in flight, with this one.
struct window_ticket window_sent(struct window *window, unsigned flying,
                                 uint64_t now_ms);
void window_answered(struct window *window, const struct window_ticket *ticket,
                     uint64_t now_ms);
void window_throttled(struct window *window, const struct window_ticket *ticket);

#endif
