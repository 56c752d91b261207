// Lines of a source, block by block: offsets enter, slices leave. Memory is one block.
#include "line_reader.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (LINE_MAX_BYTES + 256 * (size_t)1024)
#define READ_BYTES ((size_t)128 * 1024)

void line_reader_init(struct line_reader *reader, const struct source *source)
{
    *reader = (struct line_reader){.source = source, .cap = BLOCK_BYTES};
    reader->block = malloc(reader->cap);
    if (reader->block == NULL) {
        die("out of memory");
    }
    char bom[3];
    bool has_bom = source_read(source, 0, bom, sizeof bom) == sizeof bom &&
                   memcmp(bom, "\xef\xbb\xbf", sizeof bom) == 0;
    line_reader_seek(reader, has_bom ? sizeof bom : 0, 1);
}

void line_reader_deinit(struct line_reader *reader)
{
    free(reader->block);
    reader->block = NULL;
}

void line_reader_seek(struct line_reader *reader, uint64_t offset, uint32_t number)
{
    reader->number = number - 1;
    reader->ended = false;
    if (offset >= reader->offset && offset - reader->offset <= reader->len) {
        reader->at = (size_t)(offset - reader->offset);
        return; // small conversations: the next one is in the block already
    }
    reader->offset = offset;
    reader->len = 0;
    reader->at = 0;
}

// Moves what is left to the front and reads behind it. False when nothing came.
static bool fill(struct line_reader *reader)
{
    if (reader->at > 0) {
        memmove(reader->block, reader->block + reader->at, reader->len - reader->at);
        reader->offset += reader->at;
        reader->len -= reader->at;
        reader->at = 0;
    }
    size_t room = reader->cap - reader->len;
    size_t want = room < READ_BYTES ? room : READ_BYTES;
    size_t came = source_read(reader->source, reader->offset + reader->len,
                              reader->block + reader->len, want);
    reader->len += came;
    reader->ended = came == 0 && want > 0;
    return came > 0;
}

// Passes over the rest of a line that does not fit.
static void skip_to_line_end(struct line_reader *reader)
{
    for (;;) {
        const char *from = reader->block + reader->at;
        const char *lf = memchr(from, '\n', reader->len - reader->at);
        if (lf != NULL) {
            reader->at += (size_t)(lf - from) + 1;
            return;
        }
        reader->at = reader->len;
        if (!fill(reader)) {
            return;
        }
    }
}

// The line that takes `taken` bytes, its line end (LF or CRLF) among them if it has
// one.
static bool return_line(struct line_reader *reader, struct line *out, size_t taken)
{
    struct str text = {reader->block + reader->at, taken};
    if (text.at[text.len - 1] == '\n') {
        text.len--;
        text.len -= text.len > 0 && text.at[text.len - 1] == '\r' ? 1 : 0;
    }
    bool too_long = text.len > LINE_MAX_BYTES;
    if (too_long) {
        text = (struct str){0};
    }
    *out = (struct line){text, reader->offset + reader->at, ++reader->number, too_long};
    reader->at += taken;
    return true;
}

bool line_reader_next(struct line_reader *reader, struct line *out)
{
    size_t searched = 0;
    for (;;) {
        const char *from = reader->block + reader->at;
        size_t left = reader->len - reader->at;
        const char *lf =
            left > searched ? memchr(from + searched, '\n', left - searched) : NULL;
        if (lf != NULL) {
            return return_line(reader, out, (size_t)(lf - from) + 1);
        }
        if (left > LINE_MAX_BYTES + 1) { // one more than a CR before the LF
            *out =
                (struct line){{0}, reader->offset + reader->at, ++reader->number, true};
            skip_to_line_end(reader);
            return true;
        }
        searched = left;
        if (!fill(reader)) {
            return left > 0 && return_line(reader, out, left);
        }
    }
}

struct span line_span(const struct line_reader *reader, const struct line *line,
                      size_t at, size_t length)
{
    return (struct span){
        .source = reader->source,
        .line_at = SPAN_LINE_AT(line->at),
        .line = line->number,
        .column = (uint32_t)at,
        .length = SPAN_LENGTH(length),
    };
}
