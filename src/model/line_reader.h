// Lines of a file of any size, at any offset, in constant memory.
//
// A line ends at LF or CRLF only; neither is part of it. The slices that come out point
// into the reader's block and are valid until the next call.
#ifndef DDB_MODEL_LINE_READER_H
#define DDB_MODEL_LINE_READER_H

#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The longest line that comes out whole: an item's 400 KB, a label and a time before
// it.
#define LINE_MAX_BYTES ((size_t)512 * 1024)

struct line {
    struct str text;
    uint64_t at;     // offset of its first byte in the source
    uint32_t number; // from 1
    bool too_long;   // longer than LINE_MAX_BYTES: text is empty
};

struct line_reader {
    const struct source *source; // opened behind a descriptor, or in memory
    char *block;
    size_t cap;
    size_t len;      // valid bytes in block
    size_t at;       // next byte to look at in block
    uint64_t offset; // of block[0] in the source
    uint32_t number; // of the line that was returned last
    bool ended;      // the source has no more bytes behind block
};

// Starts at the first line, behind a byte order mark.
void line_reader_init(struct line_reader *reader, const struct source *source);
void line_reader_deinit(struct line_reader *reader);
// Goes on at an offset that is the first byte of line `number`.
void line_reader_seek(struct line_reader *reader, uint64_t offset, uint32_t number);
// The next line, or false at the end. An empty last line (after a final LF) is no line.
bool line_reader_next(struct line_reader *reader, struct line *out);

// The place of [at, at + length) bytes of a line.
struct span line_span(const struct line_reader *reader, const struct line *line,
                      size_t at, size_t length);

#endif
