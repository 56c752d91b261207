// Back-off with full jitter, and the tokens that repeats cost. A cause, an attempt and a
// random number enter; milliseconds leave. Full jitter spreads the callers that were throttled together.
#include "retry.h"

#include "die.h"

#include <sys/random.h>

#define QUOTA 500u // tokens
#define RETRY_CAP_MS 20000u
#define RETRY_AFTER_SLACK_MS 5000u // how far a server may push us beyond our own delay

static uint64_t base_ms(enum retry_cause cause)
{
    switch (cause) {
    case RETRY_TRANSIENT:
        return 25;
    case RETRY_THROTTLED:
        return 1000;
    case RETRY_UNPROCESSED:
        return 50;
    }
    die("unknown retry cause %d", (int)cause);
}

uint64_t retry_delay_ms(enum retry_cause cause, unsigned attempt, double random,
                        uint64_t retry_after_ms)
{
    uint64_t ceiling = base_ms(cause);
    for (unsigned i = 0; i < attempt && ceiling < RETRY_CAP_MS; i++) {
        ceiling *= 2;
    }
    if (ceiling > RETRY_CAP_MS) {
        ceiling = RETRY_CAP_MS;
    }
    uint64_t delay = (uint64_t)(random * (double)ceiling);
    if (retry_after_ms > delay) {
        uint64_t most = delay + RETRY_AFTER_SLACK_MS;
        delay = retry_after_ms < most ? retry_after_ms : most;
    }
    return delay;
}

struct retry_quota retry_quota_full(void)
{
    return (struct retry_quota){QUOTA};
}

unsigned retry_cost(enum retry_cause cause)
{
    switch (cause) {
    case RETRY_TRANSIENT:
        return 14;
    case RETRY_THROTTLED:
        return 5;
    case RETRY_UNPROCESSED:
        return 0;
    }
    die("unknown retry cause %d", (int)cause);
}

bool retry_quota_take(struct retry_quota *quota, unsigned cost)
{
    if (quota->tokens < cost) {
        return false;
    }
    quota->tokens -= cost;
    return true;
}

void retry_quota_return(struct retry_quota *quota, unsigned cost)
{
    unsigned back = cost > 0 ? cost : 1;
    quota->tokens = quota->tokens + back < QUOTA ? quota->tokens + back : QUOTA;
}

double retry_random(void)
{
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits) {
        die("getrandom gave no bytes");
    }
    return (double)(bits >> 11) * 0x1.0p-53; // 53 bits: every double of [0, 1) once
}
