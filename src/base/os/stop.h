// The user's wish that a run ends: said once, from a signal handler if need be, and asked
// wherever something takes long.
#ifndef DDB_BASE_STOP_H
#define DDB_BASE_STOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

// {0}: nobody has said so yet. It outlives all that are given it.
struct stop {
    volatile sig_atomic_t set;
};

// Async-signal-safe. Nothing takes it back.
static inline void stop_set(struct stop *stop)
{
    stop->set = 1;
}

// NULL: nobody ever says so.
static inline bool stop_is_set(const struct stop *stop)
{
    return stop != NULL && stop->set != 0;
}

#endif
