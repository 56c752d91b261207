// The lines of fixtures whose items are not known to be written, for a report.
#ifndef DDB_SERVICE_MISSING_H
#define DDB_SERVICE_MISSING_H

#include "arena.h"
#include "batch.h"
#include "source.h"
#include "str.h"

#include <stddef.h>
#include <stdint.h>

struct missing_line {
    const struct source *source;
    uint32_t line;
};

struct missing {
    struct arena *arena;
    struct missing_line *lines; // count of them, one an item
    size_t count;
    size_t cap;
};

void missing_add(struct missing *missing, const struct batch *batch, uint32_t mask);
void missing_add_line(struct missing *missing, const struct source *source,
                      uint32_t line);
// "fixtures/a.txt lines 5-29, 40; b.txt line 3": sorted, in the list's arena.
struct str missing_describe(struct missing *missing);
// The place of the first line, after missing_describe; or no place.
struct span missing_first(const struct missing *missing);

// The place of a whole line, found by counting: for a report, not for a loop.
struct span span_of_line(const struct source *source, uint32_t line);

#endif
