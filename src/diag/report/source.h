// Where text came from, and places in it.
//
// A source is either wholly in memory (definitions, handles files) or can be read at
// any offset, from a descriptor or a file that is opened when it is read (transcripts,
// however large and however many): the printer fetches the line that it shows only when
// it shows it.
#ifndef DDB_DIAG_SOURCE_H
#define DDB_DIAG_SOURCE_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kept_file;

struct source {
    // As the user wrote it, NUL-terminated; "<stdin>" is standard input, "<flags>" what
    // the command line said.
    struct str name;
    int fd;                 // -1: it has none of its own
    struct str text;        // without either
    struct kept_file *kept; // or NULL
};

#define SOURCE_STDIN "<stdin>"

struct span {
    const struct source *source; // NULL: no place (a command-line mistake, the network)
    // Every node and every value has one: they are packed.
    uint64_t line_at : 40; // offset in bytes of the line's first byte
    uint64_t length : 24;  // bytes on this line; 0 is shown as one caret
    uint32_t line;         // from 1; 0 when only the file is meant
    uint32_t column;       // offset in bytes from line_at, from 0
};

// Numbers as a span holds them. Nothing of more than a TiB is read, and nobody marks
// more than 16 MiB of a line.
#define SPAN_LINE_AT(offset) ((offset)&UINT64_C(0xffffffffff))
#define SPAN_LENGTH(bytes) ((bytes) > 0xffffff ? 0xffffff : (bytes)&0xffffffU)

// Reads up to len bytes at offset; returns how many came (0 at the end or on an error).
size_t source_read(const struct source *source, uint64_t offset, char *out, size_t len);

// The name for a path of the command line. In arena.
struct str source_name_of(const char *path, struct arena *arena);

// The name as it is shown: secrets in it are masked. In arena.
struct str source_shown(const struct source *source, struct arena *arena);

// A span for the bytes [offset, offset + length) of an in-memory source. Finds the line
// by counting LF from the start: for single use, not for each node of a tree.
struct span source_span_at(const struct source *source, size_t offset, size_t length);

// The place of a whole file.
struct span source_span_file(const struct source *source);

#endif
