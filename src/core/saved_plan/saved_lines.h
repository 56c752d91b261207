// Lines of JSON of a file, and the members of the object in each.
#ifndef DDB_CORE_SAVED_LINES_H
#define DDB_CORE_SAVED_LINES_H

#include "arena.h"
#include "buf.h"
#include "json_read.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Of a line: two items, every byte escaped.
#define SAVED_LINE_MAX ((size_t)16 << 20)

struct saved_lines {
    int fd;
    struct buf buf;
    size_t at;       // of the next line in buf
    uint64_t offset; // of buf's first byte in the file
    uint64_t number; // of the line that was returned last, from 1
    bool cut_off;    // it does not end in LF, or is longer than SAVED_LINE_MAX
};

// From an offset, which is that of line `number`. The descriptor is borrowed.
void saved_lines_init(struct saved_lines *lines, int fd, uint64_t offset,
                      uint64_t number);
void saved_lines_deinit(struct saved_lines *lines);
// The next line without its LF; valid until the next call. False at the end.
bool saved_lines_next(struct saved_lines *lines, struct str *line);
// The offset of the line that comes next.
uint64_t saved_lines_offset(const struct saved_lines *lines);

struct saved_member {
    const char *name;
    enum json_token token; // what its value begins with: JSON_STRING, JSON_NUMBER,
                           // JSON_OBJECT_BEGIN, ...; of JSON_TRUE also JSON_FALSE
    bool optional;
    bool there;
    bool is_true;
    struct str value; // a string's text; else its JSON
};

// Reads a line that is an object of these members, in any order, and no others. False:
// it is none. Texts live as long as line and arena.
__attribute__((warn_unused_result)) bool
saved_members_read(struct saved_member *members, size_t count, struct str line,
                   struct arena *arena);
// A number of at most 15 digits. False: it is none.
__attribute__((warn_unused_result)) bool saved_count(uint64_t *out, struct str value);

#endif
