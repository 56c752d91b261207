// A child process: what it says is kept, how it ends is told.
#ifndef DDB_BASE_CHILD_H
#define DDB_BASE_CHILD_H

#include "arena.h"
#include "stop.h"
#include "str.h"

#define CHILD_NOT_STARTED 127 // its exit code when there is no such program

struct child {
    int code; // its exit code; -1: it was ended by a signal, or could not be started
    struct str output; // of its standard output and error, what fits in 1 MiB each;
    struct str error;  // in the arena
};

// What is to be its standard input and output. -1: nothing, and a file in memory that
// is read back.
struct child_files {
    int input;
    int output;
};

// Forks. files NULL: both are -1. What `become` returns is its exit
// code, unless it executes another program. Waits for its end, ten minutes at most;
// once interrupted, or then, it is asked to end and killed five seconds later.
void child_run(struct child *out, const struct child_files *files,
               int (*become)(void *context), void *context, const struct stop *stop,
               struct arena *arena);

#endif
