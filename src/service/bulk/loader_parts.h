// What the files of the loader share: its state, and what is said of it.
#ifndef DDB_SERVICE_LOADER_PARTS_H
#define DDB_SERVICE_LOADER_PARTS_H

#include "arena.h"
#include "batch.h"
#include "buf.h"
#include "loader.h"
#include "missing.h"
#include "writer.h"

#include <stdbool.h>
#include <stdint.h>

struct loader_slot {
    struct batch batch;
    const struct table *table;
    struct loader_single single; // without an operation: it is a batch
    struct buf body;
    size_t held;   // bytes, of loader.held
    uint32_t sent; // of the call in flight
    bool flying;
    uint32_t unknown; // bits that were in a call whose outcome is unknown
};

struct loader {
    struct client *client;
    struct loader_options options;
    struct diags *diags;
    struct writer *writer;
    struct arena arena;   // the sinks' contexts
    struct arena scratch; // for one answer
    struct arena last_arena;
    struct reply last; // the last answer that was no success, its texts in last_arena
    bool dead;         // options.beat said so
    bool shown_fatal;
    bool refused_batch; // `refused` holds a batch that came after the failure
    struct loader_slot refused;
    struct missing declined; // of which nobody knows more, in diags' arena
    uint64_t give_up_ms;     // when interrupted: until then answers are awaited; else 0
    uint64_t shown_at_ms;    // when progress was last shown
    size_t held;             // bytes of all slots
    unsigned window;
    struct loader_slot slots[]; // window of them
};

// ---- loader_words.c

// A refusal, or an answer whose `member` is none of DynamoDB's, of what a slot sent.
void loader_show_fatal(struct loader *loader, const struct loader_slot *slot,
                       const struct reply *reply);
void loader_show_foreign(struct loader *loader, const struct loader_slot *slot,
                         const char *member, const char *why);
// Why it stopped, unless a fatal reply was shown already or the user knows.
void loader_show_stall(struct loader *loader);
// "104 items were written; 25 are not known to be: a.txt line 5-29; nothing after ..."
void loader_show_incomplete(struct loader *loader, const struct loader_result *result);

#endif
