// The line of a source that a span points to, cut and escaped for showing. Private to
// the diag layer.
#ifndef DDB_DIAG_EXCERPT_H
#define DDB_DIAG_EXCERPT_H

#include "arena.h"
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

// A piece of a line with its secrets masked, kept so that many mistakes on one line do
// not read and mask it as many times. Zero-initialised it holds nothing.
#define EXCERPT_PIECE ((size_t)32768)
struct excerpt_piece {
    const struct source *source;
    uint64_t line_at;
    uint64_t from; // of bytes in the line
    size_t len;
    bool ends; // with the line
    char bytes[EXCERPT_PIECE];
};

// Appends the part of span's line around its column. Reads no more than a piece of it,
// however long the line is, and nothing when *piece, of the excerpt before, holds it.
// False, with nothing appended, when there is no text to show.
bool excerpt_read(struct excerpt *excerpt, struct buf *out, struct excerpt_piece *piece,
                  const struct span *span);

// Counts code points of lines. Marks in the last line asked for make many mistakes on
// one huge line cost one pass over it, in whatever order they come.
struct column_counter {
    struct arena *arena; // of the marks: set by the caller, the rest is zero
    const struct source *source;
    uint64_t line_at;
    struct column_mark {
        uint64_t bytes; // from line_at
        uint64_t code_points;
    } * marks;
    size_t count;
    size_t cap;
};

// The number of code points among the first `bytes` bytes of the line at line_at; each
// malformed byte counts as one.
uint64_t column_count(struct column_counter *counter, const struct source *source,
                      uint64_t line_at, uint64_t bytes);

#endif
