// Batches into a table: the writer's decisions carried out over the client.
#ifndef DDB_SERVICE_LOADER_H
#define DDB_SERVICE_LOADER_H

#include "batch.h"
#include "client.h"
#include "diag.h"
#include "stop.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

// Called now and then (at most some ten times a second) with what was written so far.
struct loader_progress {
    void (*show)(void *context, uint64_t written);
    void *context;
};

// Batches that wait to be chosen from, so that not all of what is in flight is about one
// partition; the client has so many slots more than calls in flight.
#define LOADER_AHEAD 64u

// Asked now and then, also while nothing comes: whether it is still to go on. False
// (diagnosed) ends it as an interruption does.
struct loader_beat {
    bool (*alive)(void *context); // NULL: it is
    void *context;
};

struct loader_options {
    double rate;             // write units a second, at most; 0: as they go
    double pace;             // likewise, once the table throttles
    uint64_t stall_ms;       // 0 for the default of two minutes
    const struct stop *stop; // or NULL
    struct loader_progress progress;
    struct loader_beat beat;
    bool deletes;      // its batches hold keys: for words only
    const char *again; // what helps when not all was written; NULL: the same once more
};

struct loader_result {
    uint64_t written; // items known to be written
    uint64_t requests;
    uint64_t repeated;
    uint64_t throttled;
    uint64_t unknown; // items sent whose outcome is not known
    bool interrupted;
};

struct loader;

// table gives the key attributes by which UnprocessedItems are recognised (C018).
struct loader *loader_new(struct client *client, const struct loader_options *options,
                          struct diags *diags);
void loader_free(struct loader *loader); // NULL is fine

// The sink of one table's batches. Fatal replies are diagnosed at the fixture line of
// the item they are about if the service says which, else at the batch's lines.
struct batch_sink loader_sink(struct loader *loader, const struct table *table);
// ---- one item, in a request of its own

// What an answer to it means.
enum loader_answer {
    LOADER_WRITTEN,
    LOADER_DECLINED, // not written, and not to be sent again: its sender's business
    LOADER_REFUSED,  // the service says no, to this and to what would follow
    LOADER_FOREIGN,  // it is none of DynamoDB's, a static text says why
    LOADER_LOST,     // others lost by it, and would by what follows; diagnosed
};

struct loader_single {
    const char *operation; // static: "UpdateItem"
    struct str body;       // copied
    struct str items[2];   // that it writes or replaces, or empty: what it costs
    // Judges an answer that came whole: a good one (REPLY_OK), or a refusal.
    enum loader_answer (*read)(void *context, const struct reply *reply,
                               const char **why);
    void *context;
};

// Takes it as the sink takes a batch. of: its source and line. False: the loader gave up.
__attribute__((warn_unused_result)) bool
loader_take_single(struct loader *loader, const struct table *table,
                   const struct batch_item *of, const struct loader_single *single);
// Waits until nothing that was taken is left. False: the loader gave up.
__attribute__((warn_unused_result)) bool loader_drain(struct loader *loader);
// One that was declined, and of which nobody knows more: it is named with what is missing.
void loader_add_missing(struct loader *loader, const struct batch_item *of);

// ---- the end

// Waits until everything that was taken is written. False: diagnosed, with the lines of
// the fixtures that are not known to be written.
__attribute__((warn_unused_result)) bool loader_finish(struct loader *loader,
                                                       struct loader_result *result);

#endif
