// Waiting for a peer: a server, a pipe, a child. Whoever waits says how long at most,
// and which stop ends it early: a wait without either cannot be written.
//
// The test style.waits keeps the system's own waits (poll, waitpid, ...) out of all
// other files, but for those that it names.
#ifndef DDB_BASE_AWAIT_H
#define DDB_BASE_AWAIT_H

#include "stop.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct wait_limits {
    uint64_t deadline_ms;    // by clock_monotonic_ms
    const struct stop *stop; // or NULL
};

enum waited {
    WAITED_READY,
    WAITED_TOO_LONG,
    WAITED_INTERRUPTED, // not to be diagnosed: the user knows
};

// Whether there is time left, without waiting: for loops that a peer keeps busy.
enum waited wait_check(const struct wait_limits *limits);

// Until fd is ready for the events of poll(2). A descriptor in error is ready.
enum waited wait_for_fd(int fd, short events, const struct wait_limits *limits);

// Until the child ends; *status is then as waitpid(2) has it, or -1 when there is no
// such child. Otherwise the child still runs.
enum waited wait_for_child(int *status, pid_t child, const struct wait_limits *limits);

// Until nobody else holds a lock of flock(2) on fd: then it is ours, until fd is
// closed. *held is false where the file system knows no such locks; nothing is waited
// for then.
enum waited wait_for_lock(bool *held, int fd, const struct wait_limits *limits);

#endif
