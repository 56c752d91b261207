// Changes of items that are carried out only if these are as they were seen, in flight
// through a loader, beside its batches.
//
// What the service declines (ConditionalCheckFailed) is read again once everything else
// is written, and judged: it is as it was to be, so it was written and an answer got
// lost; it is as it was seen, so the server cannot evaluate the condition, and gets one
// that it can; or somebody else changed it meanwhile, and it is left to them.
//
// A put or a delete that took more with it than was seen (an attribute that was added
// meanwhile, which no condition can see) is taken back, and left to them as well.
#ifndef DDB_SERVICE_CONDITIONAL_WRITER_H
#define DDB_SERVICE_CONDITIONAL_WRITER_H

#include "batch.h"
#include "client.h"
#include "diag.h"
#include "loader.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What was declined is settled when there are so many, or so many bytes, of it.
#define CONDITIONAL_PENDING_MAX 1600u
#define CONDITIONAL_PENDING_BYTES ((size_t)16 << 20)

struct conditional_change {
    struct str live;             // {...} as it was seen; empty: nothing was there
    struct str declared;         // {...} as it is to be; empty: nothing is to be there
    const struct batch_item *of; // its source and line
};

// Is told of each item that was left as somebody else made it. key: {"pk":{...},...};
// text: the same in canonical form (item_key.h).
struct conditional_left {
    void (*left)(void *context, struct str key, struct str text,
                 const struct batch_item *of);
    void *context;
};

struct conditional_counts {
    uint64_t landed; // written, though no answer of the service's said so
    uint64_t left;   // as somebody else made them
};

struct conditional_writer;

// All is borrowed. The loader is the caller's: it may have batches in it, too.
struct conditional_writer *
conditional_writer_new(struct client *client, struct loader *loader,
                       const struct table *table, const struct conditional_left *left,
                       const struct stop *stop, struct diags *diags);
void conditional_writer_free(struct conditional_writer *writer); // NULL is fine

// Both texts are items of the table. False: the loader gave up (it says so in
// loader_finish), or what was declined could not be read again, or they have not the same
// key (diagnosed).
__attribute__((warn_unused_result)) bool
conditional_writer_take(struct conditional_writer *writer,
                        const struct conditional_change *change);
// Until nothing is in flight and nothing that was declined is unsettled: before
// loader_finish. False as above; what is unsettled is then among what the loader calls
// not known to be written.
__attribute__((warn_unused_result)) bool
conditional_writer_settle(struct conditional_writer *writer);
struct conditional_counts
conditional_writer_get_counts(const struct conditional_writer *writer);

#endif
