// What the ledger remembers of an item that was applied: its key, what it was made for,
// and a fingerprint of each attribute as it was declared then.
//
// Fingerprints are keyed with the ledger's seed, which nobody knows who only writes
// values: two values that are taken for one cannot be made. They are the same on every
// machine.
#ifndef DDB_COMPILE_LEDGER_ENTRY_H
#define DDB_COMPILE_LEDGER_ENTRY_H

#include "batch.h"
#include "hash.h"
#include "made_for.h"
#include "str.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_PRINT_BYTES 6

struct ledger_attribute {
    struct str name; // neither of the table's keys
    uint64_t print;  // of the value, under 2^48; of one `on_create` 0
    bool on_create;  // it belongs to the application: only that it was given is known
};

struct ledger_entry {
    // The key's texts: a string's bytes, a number's canonical digits, a binary's decoded
    // bytes. Which of these is what the table's key says. range: empty without one.
    struct str hash;
    struct str range;
    struct str entity; // its name; empty: the item was written as it is
    // Of the entity's name and what it made the item for (docs/ledger.md); of an item that
    // was written as it is its key; 0: not known.
    uint64_t identity;
    const struct ledger_attribute *attributes; // count of them, names distinct
    size_t count;
    // Of a note: it was to replace what nobody knew to be ours. Only where all of it is
    // there it landed; else it says nothing.
    bool over;
};

struct ledger_maker;

// For items of a table, which is borrowed.
struct ledger_maker *ledger_maker_new(const struct table *table,
                                      const struct hash_seed *seed);
void ledger_maker_free(struct ledger_maker *maker); // NULL is fine

// The entry of an item with all its values, which has the table's key: what an entity
// made, or (identity without a program) one as it was written. *out is valid until the
// next call of any of these, its names as long as the item's.
void ledger_maker_make(struct ledger_entry *out, struct ledger_maker *maker,
                       const struct item_identity *identity,
                       const struct value_entry *entries, size_t count);
// The fingerprint of a value.
uint64_t ledger_maker_print(struct ledger_maker *maker, const struct value *value);
// What an entity made an item for, as if it had that name (`was: old_name`). Only of what
// an entity made.
uint64_t ledger_maker_identity(struct ledger_maker *maker, struct str entity,
                               const struct item_identity *identity);
// The same as another run said it.
uint64_t ledger_maker_identity_of(struct ledger_maker *maker,
                                  const struct made_for *made_for);

// The attribute of that name, or NULL.
const struct ledger_attribute *ledger_entry_find(const struct ledger_entry *entry,
                                                 struct str name);

// Where entries go. False: stop.
struct ledger_sink {
    bool (*take)(void *context, const struct ledger_entry *entry);
    void *context;
};

#endif
