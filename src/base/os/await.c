// Waiting. In: what is waited for, how long at most, the stop that ends it. Out: which
// of the three came first.
//
// Every wait goes in slices, so that a stop is noticed that was set just before one.
#include "await.h"

#include "instant.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/wait.h>

#define SLICE_MS 200u // how long an interruption may go unnoticed
#define CHILD_SLICE_MAX_MS 20u
#define LOCK_SLICE_MS 20u

enum waited wait_check(const struct wait_limits *limits)
{
    if (stop_is_set(limits->stop)) {
        return WAITED_INTERRUPTED;
    }
    return clock_monotonic_ms() < limits->deadline_ms ? WAITED_READY : WAITED_TOO_LONG;
}

// What is left until the deadline, `most` at most.
static int slice(const struct wait_limits *limits, unsigned most)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t left = limits->deadline_ms > now ? limits->deadline_ms - now : 0;
    return left < most ? (int)left : (int)most;
}

enum waited wait_for_fd(int fd, short events, const struct wait_limits *limits)
{
    for (;;) {
        enum waited state = wait_check(limits);
        if (state != WAITED_READY) {
            return state;
        }
        struct pollfd waiting = {.fd = fd, .events = events};
        int ready = poll(&waiting, 1, slice(limits, SLICE_MS));
        if (ready > 0) {
            return WAITED_READY;
        }
        if (ready < 0 && errno != EINTR) {
            return WAITED_TOO_LONG; // nothing will ever come of it
        }
    }
}

enum waited wait_for_child(int *status, pid_t child, const struct wait_limits *limits)
{
    for (unsigned pause = 1;; pause *= 2) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child) {
            return WAITED_READY;
        }
        if (ended < 0 && errno != EINTR) {
            *status = -1;
            return WAITED_READY;
        }
        enum waited state = wait_check(limits);
        if (state != WAITED_READY) {
            return state;
        }
        if (pause > CHILD_SLICE_MAX_MS) {
            pause = CHILD_SLICE_MAX_MS;
        }
        (void)poll(NULL, 0, slice(limits, pause));
    }
}

enum waited wait_for_lock(bool *held, int fd, const struct wait_limits *limits)
{
    *held = true;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            *held = false;
            return WAITED_READY;
        }
        enum waited state = wait_check(limits);
        if (state != WAITED_READY) {
            return state;
        }
        (void)poll(NULL, 0, slice(limits, LOCK_SLICE_MS));
    }
    return WAITED_READY;
}
