// A child process of our own that answers on a pipe: for what a library does that can
// neither be limited nor interrupted in this process.
#ifndef DDB_BASE_WORKER_H
#define DDB_BASE_WORKER_H

#include "await.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct worker {
    pid_t child;
    int answer;
};

// Forks. The child has no standard streams, is killed when this process ends, and exits
// with what `work` returns; `work` writes its answer to the descriptor. False: there is
// no child (errno says why), and nothing to end.
__attribute__((warn_unused_result)) bool
worker_start(struct worker *out, int (*work)(void *context, int answer), void *context);

// Reads up to len bytes of the answer; *got is 0 at its end, which an error is too.
__attribute__((warn_unused_result)) enum waited
worker_read(const struct worker *worker, void *to, size_t len, size_t *got,
            const struct wait_limits *limits);

// Kills the child if it still runs, and lets go of it.
void worker_end(struct worker *worker);

#endif
