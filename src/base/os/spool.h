// Bytes that are written once and read here and there later, and that may be more than
// memory should hold: the first of them stay in memory, the rest goes to a temporary file
// without a name.
#ifndef DDB_BASE_SPOOL_H
#define DDB_BASE_SPOOL_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

// What waits in memory, at most, to be written.
#define SPOOL_MEMORY ((size_t)1 << 20)

struct spool {
    struct buf tail;  // the last ones
    uint64_t flushed; // bytes that are in the file, before the tail
    int fd;           // -1: there is no file yet
};

void spool_init(struct spool *spool);
void spool_deinit(struct spool *spool);

// Appends bytes; *at is where they stand. False: errno says why.
__attribute__((warn_unused_result)) bool spool_put(struct spool *spool, uint64_t *at,
                                                   struct str bytes);
// Appends to out the bytes that were put at `at`, all or the first of them. False: errno
// says why.
__attribute__((warn_unused_result)) bool
spool_get(const struct spool *spool, struct buf *out, uint64_t at, size_t len);

#endif
