// What all live items of a table are: declared, of ours or of others, of an entity or of
// none.
//
//     coverage_new
//     emit_values into coverage_declared    what is declared, as fingerprints
//     coverage_note                         each change that was found
//     coverage_take                         each live item
//     coverage_entities, coverage_beginnings
//
// Kept are some 40 bytes for each item that is declared or changes, and nothing of the
// others but counts.
#ifndef DDB_COMPILE_COVERAGE_H
#define DDB_COMPILE_COVERAGE_H

#include "compilation.h"
#include "emit.h"
#include "key_beginning.h"
#include "reconcile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Beginnings of keys that are told apart, of a table; those past it are one.
#define COVERAGE_BEGINNINGS_MAX 1024

enum coverage_kind {
    COVERAGE_AS_DECLARED,
    COVERAGE_OTHERWISE, // declared, and there otherwise
    COVERAGE_THEIRS,    // declared, and others changed it
    COVERAGE_MOVED,     // the old place of one that is declared under another key
    COVERAGE_STALE,     // ours, and declared no more
    COVERAGE_OTHERS,    // not declared, and not known to be ours
};
#define COVERAGE_KINDS 6

struct coverage_entity {
    struct str name; // empty: items as they are written
    uint64_t counts[COVERAGE_KINDS];
};

// Items that no entity can have made, by how their keys begin.
struct coverage_beginning {
    struct key_beginning hash;
    struct key_beginning range; // counts only with ranged
    bool ranged; // the hash key is one of an entity: the range key makes the difference
    uint64_t count;
};

struct coverage;

// For a unit that was verified.
struct coverage *coverage_new(const struct compilation *compilation,
                              const struct unit *unit);
void coverage_free(struct coverage *coverage); // NULL is fine

struct item_sink coverage_declared(struct coverage *coverage);
void coverage_note(struct coverage *coverage, const struct item_change *change);
// An item in DynamoDB JSON. False: it is none of the table, *why says what is wrong.
__attribute__((warn_unused_result)) bool
coverage_take(struct coverage *coverage, struct str json, const char **why);

// How many were taken.
uint64_t coverage_items(const struct coverage *coverage);
// Entities in the order of the definition, then items as they are written, then entities
// that the definition has no more; some may have no items.
const struct coverage_entity *coverage_entities(size_t *count,
                                                const struct coverage *coverage);
// Sorted: the most items first. *rest is how many items had other beginnings yet.
const struct coverage_beginning *coverage_beginnings(size_t *count, uint64_t *rest,
                                                     struct coverage *coverage);

#endif
