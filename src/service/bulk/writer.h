// What to send next: the decisions of the bulk writer as a pure state machine.
//
// It knows slots (each holds one batch of up to 25 items), not bytes and not sockets.
// Time and randomness are passed in, so that a test can drive it through any schedule
// of replies. The loader (live/loader.h) carries out what it says.
//
//     step = writer_next(w, now)
//       WRITER_FEED    slot: fill it with a batch, then writer_fed(); or writer_end()
//       WRITER_SEND    slot, mask: send these items, later writer_replied()
//       WRITER_WAIT    until: nothing to start before then or the next reply
//       WRITER_DONE    all that was fed is written or declined, perhaps by the last reply
//                      after a stop or a stall
//       WRITER_FAILED  gave up, writer_failure() says why; nothing is in flight
//
// Rules kept: only what the service left unprocessed is sent again (C015); HTTP 200
// with UnprocessedItems is no success, and back-off is reset only by progress (C016);
// unknown outcomes are repeated, which is safe since a put is idempotent (C019, D036);
// as many requests are in flight as the window (window.h) says; a call that failed or was
// throttled is repeated when its tokens are there (retry.h), or when nothing else is in
// flight. What is sent next is of the partition that the fewest calls in flight are about.
// A rate is kept by spacing calls, and sending less than a slot holds where that
// would be more than a quarter of a second's. It gives up on a fatal reply (in-flight calls are awaited first,
// nothing new is sent) or when no item at all was written for stall_ms.
#ifndef DDB_SERVICE_WRITER_H
#define DDB_SERVICE_WRITER_H

#include "retry.h"

#include <stdbool.h>
#include <stdint.h>

#define WRITER_MAX_SLOTS 1024
#define WRITER_MAX_ITEMS 32 // of a slot

struct writer_options {
    unsigned slots;    // 1 to WRITER_MAX_SLOTS
    unsigned most;     // calls in flight; 0: as many as there are slots
    unsigned ahead;    // slots that are filled before they can be sent, to choose from
    double rate;       // write units a second, never more; 0: as they go
    double pace;       // likewise, once the table throttles
    uint64_t stall_ms; // give up when nothing was written for so long
    struct retry_quota *quota;       // of the run; borrowed
    double (*random)(void *context); // in [0, 1)
    void *context;
};

enum writer_verb {
    WRITER_FEED,
    WRITER_SEND,
    WRITER_WAIT,
    WRITER_DONE,
    WRITER_FAILED,
};

struct writer_step {
    enum writer_verb verb;
    unsigned slot;
    uint32_t mask;     // SEND: bits of the items to send
    uint64_t until_ms; // WAIT; UINT64_MAX: only a reply can change anything
};

enum writer_outcome {
    WRITER_REPLY_OK, // `unprocessed` says what was left
    WRITER_REPLY_THROTTLED,
    WRITER_REPLY_TRANSIENT,
    WRITER_REPLY_FATAL,
    WRITER_REPLY_DECLINED, // looked at, and not written: it is not sent again
};

struct writer_reply {
    enum writer_outcome outcome;
    uint32_t unprocessed;    // of a WRITER_REPLY_OK: the bits not written
    uint64_t retry_after_ms; // 0: not told
};

struct writer_counts {
    uint64_t written;   // items known to be written
    uint64_t requests;  // calls started
    uint64_t repeated;  // calls that were a repetition
    uint64_t throttled; // replies
};

enum writer_why {
    WRITER_WHY_NONE,
    WRITER_WHY_FATAL,
    WRITER_WHY_STALLED,
    WRITER_WHY_STOPPED, // writer_stop
};

struct writer;

struct writer *writer_new(const struct writer_options *options, uint64_t now_ms);
void writer_free(struct writer *writer); // NULL is fine
struct writer_step writer_next(struct writer *writer, uint64_t now_ms);
// The slot of a WRITER_FEED step now holds the items of `mask` (not 0).
void writer_fed(struct writer *writer, unsigned slot, uint32_t mask);
// What these items are, before the next step: which partition most of them are in (any
// number that is the same for the same one), and the write units of each; NULL: one each.
void writer_weigh(struct writer *writer, unsigned slot, uint32_t partition,
                  const unsigned *units);
// What was fed ahead is sent although there is no more, until this is taken back.
void writer_flush(struct writer *writer, bool flush);
// There is nothing more to feed.
void writer_end(struct writer *writer);
// Stop starting anything: interrupted by the user.
void writer_stop(struct writer *writer);
void writer_replied(struct writer *writer, unsigned slot, struct writer_reply reply,
                    uint64_t now_ms);

struct writer_counts writer_get_counts(const struct writer *writer);
enum writer_why writer_failure(const struct writer *writer);
// The bits of a slot that are not known to be written; 0 for a free slot. After a
// failure: what is missing.
uint32_t writer_pending(const struct writer *writer, unsigned slot);

#endif
