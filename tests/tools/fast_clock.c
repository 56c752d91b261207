// For LD_PRELOAD: the monotonic clock runs 200 times as fast (or as FAST_CLOCK says),
// so that a program that gives up after two minutes does so within a second. Sleeping
// takes its real time. The clock of the day is CLOCK_AHEAD seconds ahead.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define SPEED 200
#define SECOND INT64_C(1000000000)

int clock_gettime(clockid_t clock, struct timespec *out)
{
    static int (*real)(clockid_t, struct timespec *);
    static int64_t start;
    static int64_t speed;
    if (real == NULL) {
        const char *told = getenv("FAST_CLOCK");
        speed = told != NULL ? atoll(told) : SPEED;
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int code = real(clock, out);
    const char *ahead = getenv("CLOCK_AHEAD");
    if (code == 0 && clock == CLOCK_REALTIME && ahead != NULL) {
        out->tv_sec += atoll(ahead);
    }
    if (code == 0 && clock == CLOCK_MONOTONIC) {
        int64_t now = out->tv_sec * SECOND + out->tv_nsec;
        start = start == 0 ? now : start;
        now = start + (now - start) * speed;
        out->tv_sec = now / SECOND;
        out->tv_nsec = now % SECOND;
    }
    return code;
}
