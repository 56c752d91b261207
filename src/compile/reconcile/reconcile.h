// Declared items against live ones, and against what was applied before: what a table
// lacks, has otherwise, has under a key that moved, has of ours although nothing declares
// it any more, and what of it somebody else changed.
//
//     reconciler_new, reconciler_ways, reconciler_seed
//     emit_values into reconciler_declare    what is declared, as fingerprints
//     emit_values into reconciler_former     the same with the users' former records
//     reconciler_was                         each entry of the ledger, then each note; or
//     reconciler_was_item                    each item of an earlier build; or nothing
//     reconciler_reads                       what has to be read of the live table
//     reconciler_live                        each item that was read
//     emit_unit into reconciler_changes      changes of declared items, in order
//     reconciler_stale                       those that nothing declares any more
//
// Once the changes were made, the ledger's next entries:
//
//     reconciler_unwritten                   each item that was not written after all
//     emit_values into reconciler_entries    those of declared items
//     reconciler_old_entries                 of stale ones that were kept
//
// Kept are some 64 bytes an item, 8 more where there is a ledger, and the keys of rows and
// items (they are what is asked for); entries, and live items that differ, in temporary
// files.
#ifndef DDB_COMPILE_RECONCILE_H
#define DDB_COMPILE_RECONCILE_H

#include "batch.h"
#include "compilation.h"
#include "emit.h"
#include "hash.h"
#include "item.h"
#include "ledger_entry.h"
#include "merge.h"
#include "reads.h"
#include "three_ways.h"
#include "uuid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What an entry of the ledger is made of, by whoever does not know the ledger.
struct item_made {
    struct made_for of;
    struct item values; // as it is declared
    bool over;          // of the entry
};

struct item_change {
    enum item_change_kind kind;
    const struct table *table;
    // {...} as it is to be: as declared, with what stays of live. Of ITEM_THEIRS and
    // ITEM_CONFLICT nothing is written: they are as the fixtures declare the item, `put`
    // is false, and `live` is what is there, perhaps under another key. Empty for
    // ITEM_STALE.
    struct str declared;
    struct str live;  // {...} as it is; empty for ITEM_ADDED
    struct uuid seen; // the fingerprint of what live holds (item_print.h)
    bool put; // ITEM_MOVED: the declared item is not there yet (else only live goes)
    const struct batch_item *item; // of the declared one; NULL for ITEM_STALE
    struct item values;            // `declared` as values, during the call only
    struct str entity;             // that makes it, or made it; empty: none, or unknown
    // What was applied before counts, too (docs/ledger.md): attribute_count of those that
    // differ, and what becomes of each; none where nothing is known of what it was, and of
    // what only comes or goes.
    const struct attribute_change *attributes;
    size_t attribute_count;
    struct str was; // {...} as it was applied; empty: not known, or only as prints
    bool gone;      // ITEM_ADDED: it was applied before, and somebody deleted it
    bool theirs;    // ITEM_STALE, ITEM_MOVED: somebody changed it since it was applied
    bool loses;     // it takes away what nobody knows to be ours
    // What the ledger is to say of the declared one once it is written; NULL for
    // ITEM_STALE. During the call only.
    const struct ledger_entry *entry;
    const struct item_made *made; // of a saved plan, instead; or NULL
    struct str
        whole; // {...} as it is declared, where `declared` holds what stays of live
    // The order of what is live: of names that stand here too. ITEM_STALE: its
    // entity's attributes, as far as that is known.
    const struct value_entry *order;
    size_t order_count;
};

struct change_sink {
    bool (*change)(void *context, const struct item_change *change); // false: stop
    void *context;
};

struct reconciler;

// For a unit that was verified.
struct reconciler *reconciler_new(struct compilation *compilation,
                                  const struct unit *unit);
void reconciler_free(struct reconciler *reconciler); // NULL is fine
// What was said to become of what others changed. Without it: nothing was.
void reconciler_ways(struct reconciler *reconciler, const struct three_ways *said);
// The ledger's, which its entries are made with. Without it: one of this run.
void reconciler_seed(struct reconciler *reconciler, const struct hash_seed *seed);

struct item_sink reconciler_declare(struct reconciler *reconciler);
// What was declared when the unit's users were their former records: its partitions are
// read too. Only for a unit that has any.
struct item_sink reconciler_former(struct reconciler *reconciler);

// After all items were declared: what was applied. First all entries of the base, then
// all notes, in their order; those of one key belong together (docs/ledger.md). The entry
// is valid during the call only. False: it cannot be taken, *why says why.
__attribute__((warn_unused_result)) bool
reconciler_was(struct reconciler *reconciler, const struct ledger_entry *entry,
               const char **why);
// The base is over: what follows are notes. Where there is nothing else of an item, and it
// is not there, it never was.
void reconciler_noted(struct reconciler *reconciler);
// The same of an item in DynamoDB JSON as it was applied, and what it was made for; of
// NULL that is what it proves itself (provenance.h). Its text is kept, and given as
// item_change.was.
__attribute__((warn_unused_result)) bool
reconciler_was_item(struct reconciler *reconciler, struct str json,
                    const struct made_for *made_for, const char **why);
// Instead of both: all items that are given to reconciler_live were applied as they are,
// as those of an earlier build were: what is not declared is stale, whatever it was made
// for, and nobody else changed anything.
void reconciler_own_all(struct reconciler *reconciler);

// After that. Returns the count; *reads lives as the reconciler.
size_t reconciler_reads(struct reconciler *reconciler, struct reconcile_read **reads);
// Takes one live item in DynamoDB JSON. False: it is none, or it cannot be kept; *why
// says what is wrong.
__attribute__((warn_unused_result)) bool
reconciler_live(struct reconciler *reconciler, struct str json, const char **why);
// The same of one of an earlier build, of which it is known what it was made for, or NULL.
__attribute__((warn_unused_result)) bool
reconciler_built(struct reconciler *reconciler, struct str json,
                 const struct made_for *made_for, const char **why);
// Whether something is declared under the key of a live item.
bool reconciler_declares(const struct reconciler *reconciler, struct str json);
// After that: whether anything differs. If not, there is no need to emit once more.
bool reconciler_differs(const struct reconciler *reconciler);
// Changes of declared items go to `to` while they are emitted once more.
struct batch_sink reconciler_changes(struct reconciler *reconciler,
                                     const struct change_sink *to);
// After that: items that are stale, by their keys. False: the sink said no.
bool reconciler_stale(struct reconciler *reconciler, const struct change_sink *to);

// After both, in any order and any number: a key, {"pk":...,"sk":...} or a whole item,
// that was not written (or deleted) although its change was told: it failed, was not come
// to, or somebody changed it meanwhile. The ledger goes on to say of it what it said.
void reconciler_unwritten(struct reconciler *reconciler, struct str json);
// The entries of declared items, while these are emitted as values once more. Where there
// were no reads (--overwrite) all of them count as written.
struct item_sink reconciler_entries(struct reconciler *reconciler,
                                    const struct ledger_sink *to);
// After that: those of stale items that are still there, and, without reads, of all that
// nothing declares. `pruned`: stale ones were deleted, but for what is theirs without
// `restore`. False: the sink said no, or diagnosed.
__attribute__((warn_unused_result)) bool
reconciler_old_entries(struct reconciler *reconciler, bool pruned,
                       const struct ledger_sink *to);

#endif
