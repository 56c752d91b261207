// Where a table's ledger is kept: a base, which is written whole or not at all, and
// notes of what a run is about to send, behind it. What stands in both is bytes here;
// compile/ledger makes and reads them.
//
//     open      what there is is read and checked; a writer holds it for himself
//     base, notes   the bytes, from the first one on
//     hold      it is held, before anything is done
//     begin     from now on there is one: an empty base, or the one that was found
//     note      durable as soon as it returns
//     rebase, put, commit   a new base takes the place of the old one, and of notes
//     close     whoever waits may have it now
#ifndef DDB_SERVICE_LEDGER_STORE_H
#define DDB_SERVICE_LEDGER_STORE_H

#include "arena.h"
#include "ledger_blocks.h"
#include "ledger_head.h"
#include "str.h"

#include <stdbool.h>

enum ledger_state {
    LEDGER_STATE_EMPTY,
    LEDGER_STATE_FOUND,   // head tells of what
    LEDGER_STATE_UNSOUND, // there is something, and it is not to be used: `why`
};

struct ledger_store;

struct ledger_store_kind {
    bool (*base)(struct ledger_store *store, struct byte_sink to);
    bool (*notes)(struct ledger_store *store, struct byte_sink to);
    bool (*hold)(struct ledger_store *store);
    bool (*begin)(struct ledger_store *store);
    bool (*note)(struct ledger_store *store, struct str bytes);
    bool (*rebase)(struct ledger_store *store);
    bool (*put)(struct ledger_store *store, struct str bytes);
    bool (*commit)(struct ledger_store *store);
    bool (*forget)(struct ledger_store *store);
    bool (*beat)(struct ledger_store *store);
    void (*close)(struct ledger_store *store);
};

// The texts live in the arena that opening was given.
struct ledger_store {
    const struct ledger_store_kind *kind;
    struct arena *arena;
    struct str name; // for people: ".ddbgen/local/messages", "table ddbgen-ledger"
    enum ledger_state state;
    struct ledger_head head; // of what was found; begin and rebase write it
    const char *why;         // of what is unsound
    struct str trouble;      // why the last call failed: "No space left on device"
    bool told;               // that was diagnosed
    bool taken;              // that is: another run holds it, trouble says more
    bool has_notes;          // a run ended before its end
    uint64_t bytes;          // that it takes, as it is kept
    uint64_t length;         // of the base's entries as they were put, and
    uint32_t checksum;       // their zip_checksum
};

// What opening came to.
enum ledger_opened {
    LEDGER_OPENED,
    LEDGER_HELD,     // by another run; trouble says by whom and since when
    LEDGER_UNUSABLE, // trouble says why
    LEDGER_DIAGNOSED,
};

// All of these but close: false, with store->trouble, or when the sink said no.
// The entries that were applied, in pieces of any length; only of what was FOUND.
static inline bool ledger_store_base(struct ledger_store *store, struct byte_sink to)
{
    return store->kind->base(store, to);
}
// Each note, one a call.
static inline bool ledger_store_notes(struct ledger_store *store, struct byte_sink to)
{
    return store->kind->notes(store, to);
}
// Nothing was changed so far: it is held for us from now on, also where there was no
// place to say so when it was opened.
static inline bool ledger_store_hold(struct ledger_store *store)
{
    return store->kind->hold(store);
}
// What was FOUND and has store->head's base goes on; else an empty base with
// store->head is written.
static inline bool ledger_store_begin(struct ledger_store *store)
{
    return store->kind->begin(store);
}
// Of at most BLOCK_RAW_MAX bytes. Known to the next run once this returns.
static inline bool ledger_store_note(struct ledger_store *store, struct str bytes)
{
    return store->kind->note(store, bytes);
}
// Begins a new base with store->head, whose `base` is a new one.
static inline bool ledger_store_rebase(struct ledger_store *store)
{
    return store->kind->rebase(store);
}
static inline bool ledger_store_put(struct ledger_store *store, struct str bytes)
{
    return store->kind->put(store, bytes);
}
static inline bool ledger_store_commit(struct ledger_store *store)
{
    return store->kind->commit(store);
}
// There is none any more.
static inline bool ledger_store_forget(struct ledger_store *store)
{
    return store->kind->forget(store);
}
// Now and then, while a run goes on: it is still alive. False: somebody else holds it
// by now.
static inline bool ledger_store_beat(struct ledger_store *store)
{
    return store->kind->beat(store);
}
static inline void ledger_store_close(struct ledger_store *store) // NULL is fine
{
    if (store != NULL) {
        store->kind->close(store);
    }
}

#endif
