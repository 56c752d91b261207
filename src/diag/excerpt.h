// The line of a source that a span points to, cut and escaped for showing. Private to
// the diag layer.
#ifndef DDB_DIAG_EXCERPT_H
#define DDB_DIAG_EXCERPT_H

#include "buf.h"
#include "source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The most terminal columns that excerpt_read gives.
#define EXCERPT_COLUMNS ((size_t)100)

struct excerpt {
    size_t caret_at;    // columns before the caret
    size_t caret_width; // columns, at least 1
};

// Appends the part of span's line around its column. Reads no more than a small window,
// however long the line is. False, with nothing appended, when there is no text to
// show.
bool excerpt_read(struct excerpt *excerpt, struct buf *out, const struct span *span);

// Counts code points of lines, going on from where the last count ended if it was
// before the place asked for: many mistakes on one huge line cost one pass over it.
struct column_counter {
    const struct source *source;
    uint64_t line_at;
    uint64_t bytes;       // counted from line_at
    uint64_t code_points; // in them
};

// The number of code points among the first `bytes` bytes of the line at line_at; each
// malformed byte counts as one.
uint64_t column_count(struct column_counter *counter, const struct source *source,
                      uint64_t line_at, uint64_t bytes);

#endif
