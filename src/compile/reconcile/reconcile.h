// Declared items against live ones: what a table lacks, has otherwise, has under a key
// that moved, and has of ours although nothing declares it any more.
//
//     reconciler_new
//     emit_values into reconciler_declare    what is declared, as fingerprints
//     emit_values into reconciler_former     the same with the users' former records
//     reconciler_reads                       what has to be read of the live table
//     reconciler_live                        each item that was read
//     emit_unit into reconciler_changes      added, changed and moved items, in order
//     reconciler_stale                       those that nothing declares any more
//
// Kept are some 50 bytes an item, the keys of rows and items (they are what is asked
// for), and the live items that differ.
#ifndef DDB_COMPILE_RECONCILE_H
#define DDB_COMPILE_RECONCILE_H

#include "batch.h"
#include "compilation.h"
#include "emit.h"
#include "item.h"
#include "uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The JSON of live items that differ or go, at most; past it only the fact, or the key,
// is kept.
#define RECONCILE_KEPT_MAX ((size_t)256 << 20)

enum item_change_kind {
    ITEM_ADDED,
    ITEM_CHANGED,
    ITEM_MOVED,    // what it was made for is declared under another key now
    ITEM_STALE,    // what it was made for is declared no more
    ITEM_THEIRS,   // somebody else changed what we applied; the declaration did not
    ITEM_CONFLICT, // both changed the same, otherwise
};
#define ITEM_CHANGE_KINDS 6

// What becomes of an attribute that is not the same in live and declared.
enum attribute_fate {
    ATTRIBUTE_TAKEN,    // it becomes as declared
    ATTRIBUTE_RESTORED, // likewise, although somebody else changed it
    ATTRIBUTE_THEIRS, // it stays as it is: it was as declared, and somebody changed it
    ATTRIBUTE_CONFLICT, // both changed it
};

struct attribute_change {
    struct str name;
    enum attribute_fate fate;
};

struct item_change {
    enum item_change_kind kind;
    const struct table *table;
    struct str declared; // {...} as it is to be; empty for ITEM_STALE
    struct str live;     // {...} as it is; empty for ITEM_ADDED, or when not kept;
                         // of one that goes, past the ceiling, its key alone
    struct uuid seen;    // the fingerprint of what live holds (item_print.h)
    bool cut;            // live is its key alone
    bool put; // ITEM_MOVED: the declared item is not there yet (else only live goes)
    const struct batch_item *item; // of the declared one; NULL for ITEM_STALE
    struct item values;            // the declared one as values, during the call only
    struct str entity;             // that makes it, or made it; empty: none, or unknown
    // What was applied before counts, too (docs/ledger.md). `declared` and `values` are
    // what is to be written: as declared, with what is theirs as it is. Of ITEM_THEIRS
    // and ITEM_CONFLICT nothing is: they are as the fixtures declare the item, `put` is
    // false, and `live` is what is there, perhaps under another key.
    const struct attribute_change *attributes; // attribute_count of them; none: nothing
    size_t attribute_count;                    // is known of what it was
    struct str was; // {...} as it was applied; empty: not known, or only as prints
    bool gone;      // ITEM_ADDED: it was applied before, and somebody deleted it
    bool theirs;    // ITEM_STALE, ITEM_MOVED: somebody changed it since it was applied
    bool loses;     // it takes away what nobody knows to be ours
    // The order of what is live: of names that stand here too. ITEM_STALE: its
    // entity's attributes, as far as that is known.
    const struct value_entry *order;
    size_t order_count;
};

struct change_sink {
    bool (*change)(void *context, const struct item_change *change); // false: stop
    void *context;
};

// A read of the live table: a whole partition by Query, or items by their keys by
// BatchGetItem. members is the request as live/fetcher.h takes it.
struct reconcile_read {
    bool keys;
    struct str members;
};

struct reconciler;

// For a unit that was verified.
struct reconciler *reconciler_new(struct compilation *compilation,
                                  const struct unit *unit);
void reconciler_free(struct reconciler *reconciler); // NULL is fine
// Instead of RECONCILE_KEPT_MAX.
void reconciler_keep_at_most(struct reconciler *reconciler, size_t bytes);

struct item_sink reconciler_declare(struct reconciler *reconciler);
// What was declared when the unit's users were their former records: its partitions are
// read too. Only for a unit that has any.
struct item_sink reconciler_former(struct reconciler *reconciler);
// After all items were declared. Returns the count; *reads lives as the reconciler.
size_t reconciler_reads(struct reconciler *reconciler, struct reconcile_read **reads);
// All items that are given to reconciler_live are ours, as those of an earlier build
// are: what is not declared is stale, whatever it was made for.
void reconciler_own_all(struct reconciler *reconciler);
// Takes one live item in DynamoDB JSON. False: it is none, *why says what is wrong.
__attribute__((warn_unused_result)) bool
reconciler_live(struct reconciler *reconciler, struct str json, const char **why);
// Whether something is declared under the key of a live item.
bool reconciler_declares(const struct reconciler *reconciler, struct str json);
// After that: whether anything differs. If not, there is no need to emit once more.
bool reconciler_differs(const struct reconciler *reconciler);
// Changes of declared items go to `to` while they are emitted once more.
struct batch_sink reconciler_changes(struct reconciler *reconciler,
                                     const struct change_sink *to);
// After that: items that are stale, by their keys. False: the sink said no.
bool reconciler_stale(struct reconciler *reconciler, const struct change_sink *to);

#endif
