// What the printers share: the order of diagnostics, their places in numbers, their
// names, and text for JSON. Private to the diag layer.
#ifndef DDB_DIAG_PRINT_PARTS_H
#define DDB_DIAG_PRINT_PARTS_H

#include "buf.h"
#include "diag.h"
#include "excerpt.h"

#include <stddef.h>
#include <stdint.h>

// The order of printing: by file (in order of first appearance), line and column; what
// has no place comes last. Indices into list, count of them, in arena.
const size_t *print_order(struct arena *arena, const struct diag *list, size_t count);

// A span in the numbers that are printed: lines and columns count from 1, columns in
// code points.
struct print_place {
    struct str file;     // empty without a place
    uint64_t line;       // 0 when only the file is meant, like the rest
    uint64_t column;     //
    uint64_t end_column; // the first one behind it; 0 when the span has no length
};
void print_place_get(struct print_place *place, struct column_counter *columns,
                     const struct span *span);

// "error", "warning", "note".
const char *print_severity(enum diag_severity severity);
// All codes in the order of their names.
void print_codes_by_name(enum diag_code codes[static DIAG_CODE_COUNT]);
// "Error, exit code 2.": what a code leads to.
void print_consequence(struct buf *out, const struct diag_info *info);
// A file's name as a path below the current folder: without "./" before it.
struct str print_plain_path(struct str name);
// "... and 3 more" for what was dropped.
void print_dropped(struct buf *out, const struct diags *diags);

// A JSON string of text that need not be well-formed UTF-8: each bad byte as \xff.
void print_json_raw(struct buf *out, struct str text);
// The same for text that people look at: escaped as on a terminal, too.
void print_json_visible(struct buf *out, struct str text);

// "; so in 12 more lines: 5, 7, ..." where the diagnostic stands for several, behind
// its message; else nothing.
void print_lines(struct buf *out, const struct diag *diag);

#endif
