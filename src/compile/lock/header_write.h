// A transcript's header as text, from the values that flags give.
#ifndef DDB_COMPILE_HEADER_WRITE_H
#define DDB_COMPILE_HEADER_WRITE_H

#include "buf.h"
#include "str.h"

#include <stddef.h>

struct header_values {
    struct str conversation;
    const struct str *labels; // with a handle each
    const struct str *handles;
    size_t participant_count;
    struct str starts_at; // or empty, like those that follow
    struct str interval;
    struct str continuation;
};

// Appends the header between its `---` lines, every value quoted where YAML would read
// it as something else.
void header_write(struct buf *out, const struct header_values *values);

#endif
