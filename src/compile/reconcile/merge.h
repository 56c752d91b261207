// An item three ways, attribute by attribute: what it is to be, of what is declared, what
// is there, and what it was when it was applied.
#ifndef DDB_COMPILE_MERGE_H
#define DDB_COMPILE_MERGE_H

#include "arena.h"
#include "entity.h"
#include "item.h"
#include "ledger_entry.h"
#include "three_ways.h"

#include <stdbool.h>
#include <stddef.h>

// What is known of what an item was. Nothing, unless one of these says so.
struct known {
    // As it was applied, and as it was about to be by runs that broke off, the newest
    // first: for each attribute, of these it was what live has, else the last one's.
    const struct ledger_entry *const *entries; // count of them
    size_t count;
    bool noted;   // all of these were only about to be: none of them may have landed
    bool is_live; // it was as it is there: nobody else can have made it
};

struct attribute_change {
    struct str name;
    enum attribute_fate fate;
};

struct merge_input {
    const struct table *table;
    const struct entity *entity; // that made the declared one; NULL: none did
    const struct item *declared;
    const struct item *live;
    const struct known *known;
    bool moves; // live stands under another key
    const struct three_ways *said;
    struct ledger_maker *maker;
};

struct merge {
    struct item wanted;                  // as declared, with what stays of live
    bool as_declared;                    // that is all it is
    struct attribute_change *attributes; // attribute_count of them: those that differ
    size_t attribute_count;
    size_t taken; // of these, by their fates
    size_t theirs;
    size_t conflicts;
    bool loses; // what is taken away is not known to be ours
};

// Values are those of the input; what is new lives in arena.
void merge_items(struct merge *out, const struct merge_input *input,
                 struct arena *arena);

// Whether an attribute of a live item counts: not one that belongs to the application, nor,
// where the entity keeps others, one that it does not name and that was not applied.
// Without an entity all do.
bool merge_counts(const struct known *known, const struct entity *entity,
                  struct str name);

// Whether a live item is, in all that counts, as it was applied.
bool merge_is_as_it_was(const struct known *known, const struct table *table,
                        const struct entity *entity, const struct item *live,
                        struct ledger_maker *maker);
// Leaves out what was to replace something and did not: entries that live is not as.
void merge_landed(struct known *known, const struct table *table,
                  const struct entity *entity, const struct item *live,
                  struct ledger_maker *maker, struct arena *arena);
// Whether what others changed in an item since it was applied is in another one, too.
bool merge_is_covered(const struct known *known, const struct table *table,
                      const struct entity *entity, const struct item *live,
                      const struct item *other, struct ledger_maker *maker,
                      struct arena *arena);

// What an item was, as one entry: of several, attribute by attribute, what live has.
struct ledger_entry merge_entries(const struct known *known, const struct item *live,
                                  struct ledger_maker *maker, struct arena *arena);

#endif
