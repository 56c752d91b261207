// Answers that come in pages must come to an end. Enters: where the next page begins,
// as the service wrote it. Leaves: whether to ask for it.
//
// Kept are the places of the last page and of those whose number is a power of two: a
// circle of n pages is found at the latest when it was walked through three times, one
// that leads back to the beginning at once.
#ifndef DDB_SERVICE_PAGES_H
#define DDB_SERVICE_PAGES_H

#include "sha256.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

// Pages in a row that hold nothing at all. The service gives such ones where a filter
// is (ddbgen asks with none), or for a moment where much was deleted.
#define PAGES_EMPTY_MAX 1000u
#define PAGES_KEPT 40u

struct pages {
    struct sha256 kept[PAGES_KEPT]; // of the pages 1, 2, 4, 8, ...
    unsigned kept_count;
    struct sha256 last;
    uint64_t count;
    unsigned empty; // in a row
};

// A zero-initialised struct pages has seen none. `next` is not empty; `gave`: the page
// that leads to it held something. NULL: go on. Else a static text says why not.
const char *pages_check(struct pages *pages, struct str next, bool gave);

#endif
