// How long to wait before trying again. Pure: the random number is passed in.
#ifndef DDB_SERVICE_RETRY_H
#define DDB_SERVICE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum retry_cause {
    RETRY_TRANSIENT,   // base 25 ms (D039)
    RETRY_THROTTLED,   // base 1,000 ms
    RETRY_UNPROCESSED, // base 50 ms (C015, D044)
};

// How long repeating goes on without anything that helps: of bulk writes, of reads, and
// of calls to a service that has answered before.
#define RETRY_PATIENCE_MS 120000u

// What a run may still send again: a bucket of tokens (D040), so that a service in trouble
// is not given more work because of it. What repeats pays, what succeeds pays back.
// Unprocessed items are no repeats (D044). Who cannot pay repeats one call at a time.
struct retry_quota {
    unsigned tokens;
};

struct retry_quota retry_quota_full(void);
// What a repeat costs.
unsigned retry_cost(enum retry_cause cause);
// False: there are too few, and all stay.
bool retry_quota_take(struct retry_quota *quota, unsigned cost);
// A call succeeded, whose last attempt cost so much; 0: it was the first one.
void retry_quota_return(struct retry_quota *quota, unsigned cost);

// Full jitter: random * min(base * 2^attempt, 20 s); attempt counts from 0, random is
// in [0, 1). A server's Retry-After makes it at least that, at most 5 s more (D041).
uint64_t retry_delay_ms(enum retry_cause cause, unsigned attempt, double random,
                        uint64_t retry_after_ms);

// A number of [0, 1) from getrandom(2), for callers that are not under test.
double retry_random(void);

#endif
