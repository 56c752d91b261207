// What the parts of the reconciler share (reconcile.h). Private to this room.
#ifndef DDB_COMPILE_RECONCILER_H
#define DDB_COMPILE_RECONCILER_H

#include "declared.h"
#include "item_print.h"
#include "merge.h"
#include "print_table.h"
#include "provenance.h"
#include "reads.h"
#include "reconcile.h"
#include "remembered.h"
#include "spool.h"

// A live item that is kept to be told.
struct kept_live {
    uint64_t at; // in the spool
    size_t len;
    struct uuid contents;
};

// A live item that is ours and under no declared key.
struct orphan {
    uint64_t identity; // 0: not known
    struct str key;    // canonical
    struct kept_live live;
    uint64_t was;                  // its place among the remembered; 0: it was proved
    const struct program *program; // that made it; NULL: nothing declared is known to
    struct str entity; // without that: what made it; empty: not known, or none
    bool is_claimed;   // what it was made for is declared
    bool is_theirs;    // it was changed since it was applied
    bool is_kept;      // is_claimed: it stays for what it holds of theirs
    struct uuid heir;  // is_claimed: the key of what is declared
    struct orphan *next;
};

// An entry under a key that nothing declares.
struct undeclared {
    struct uuid key; // first: it is what print_table finds
    uint64_t was;
    bool is_seen; // it is there; pages may overlap, and reads
};

// A key whose item a run did not write after all.
struct unwritten {
    struct uuid key;
};

struct reconciler {
    struct compilation *compilation;
    const struct unit *unit;
    struct arena arena;
    struct three_ways said;
    struct hash_seed seed;
    struct ledger_maker *maker; // NULL: not needed yet
    struct item_printer *printer;
    struct buf text;
    struct arena scratch;          // of one item
    struct provenance *provenance; // NULL: not needed yet

    // What is declared.
    struct declared declared;
    bool masks; // an entity has attributes that do not count

    // What was applied.
    struct remembered remembered;
    uint64_t *was; // the place of each declared item's entry; NULL: there are none
    size_t was_count;
    struct print_table undeclared;
    bool owns_all; // live items were applied as they are

    struct reads reads;
    bool has_read; // what is there was asked for

    // What is there.
    size_t same_count; // declared items that are there as they should be
    struct spool spool;
    struct kept_live *kept; // live items that differ, by declared_item.live
    size_t kept_count;
    size_t kept_cap;
    struct map orphans; // the identity's bytes to the first orphan of it
    size_t orphan_count;

    // While changes are looked for.
    const struct change_sink *to;
    size_t emitted;
    struct buf live;   // JSON
    struct buf wanted; // JSON

    struct print_table unwritten;
    const struct ledger_sink *entries;
};

// The text of a live item in reconciler->live, and its values in scratch. False:
// diagnosed.
__attribute__((warn_unused_result)) bool
reconciler_read_live(struct item *out, struct reconciler *reconciler,
                     const struct kept_live *kept);
// All orphans, or those that are not claimed, *count of them by their keys.
struct orphan **reconciler_orphans(size_t *count, struct reconciler *reconciler,
                                   bool claimed);

struct ledger_maker *reconciler_maker(struct reconciler *reconciler);

// What an item was that the entity makes, or made: *known and, where that is kept, its
// JSON, in scratch. live: as it is there; NULL: that is not known, or nothing is. False:
// diagnosed.
__attribute__((warn_unused_result)) bool
reconciler_known(struct known *known, struct str *json, struct reconciler *reconciler,
                 uint64_t place, const struct item *live, const struct entity *entity);

// The entity that made an item; NULL: none did.
static inline const struct entity *entity_of(const struct program *program)
{
    return program != NULL ? program->entity : NULL;
}

#endif
