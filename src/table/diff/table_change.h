// What a live table is to become: one change each for what a definition says otherwise.
#ifndef DDB_TABLE_TABLE_CHANGE_H
#define DDB_TABLE_TABLE_CHANGE_H

#include "arena.h"
#include "diag.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

enum table_change_kind {
    TABLE_CHANGE_KEY, // of a new table
    TABLE_CHANGE_BILLING_MODE,
    TABLE_CHANGE_PROVISIONED, // one unit of it; of the table, or of an index
    TABLE_CHANGE_ON_DEMAND,   // the same
    TABLE_CHANGE_WARM,        // the same
    TABLE_CHANGE_INDEX_ADDED, // global ones
    TABLE_CHANGE_INDEX_REMOVED,
    TABLE_CHANGE_INDEX_REPLACED, // its key schema or its projection (A224); may be both
    TABLE_CHANGE_STREAM,
    TABLE_CHANGE_SSE,
    TABLE_CHANGE_TABLE_CLASS,
    TABLE_CHANGE_DELETION_PROTECTION,
    TABLE_CHANGE_TIME_TO_LIVE,
    TABLE_CHANGE_RECOVERY,
    TABLE_CHANGE_INSIGHTS, // of the table, or of an index
    TABLE_CHANGE_TAG,
    TABLE_CHANGE_RESOURCE_POLICY,
    TABLE_CHANGE_IMPOSSIBLE, // not in place: `recipe` says what to do instead
    TABLE_CHANGE_KIND_COUNT,
};

struct table_change {
    enum table_change_kind kind;
    char sign; // '+' there is only `to`, '-' only `from`, '~' both
    // Keys of a definition with dots between: "global_secondary_indexes.by-date". Like
    // the two values it may hold what a server sent: printers escape it.
    struct str path;
    struct str from;      // the live value, as a definition would write it
    struct str to;        // the declared one
    struct str from_json; // the two as JSON, of what is more than a word: keys,
    struct str to_json;   // projections, indexes
    struct span span; // in the definition; of what it lacks, the nearest that it has
    bool destructive; // something is lost: an index, a stream, backups, a tag, a policy
    bool waits;       // the table or the index is busy for a while then
    const struct secondary_index *index; // the declared one; NULL: of the table, or
                                         // an index that is removed
    const struct secondary_index *live_index; // the live one, where there is one
    bool of_replaced; // a setting of an index that is replaced: the call that makes the
                      // new one, or that deletes the old one, brings it
    const struct tag *tag;  // of TABLE_CHANGE_TAG: whose key it is
    enum diag_code refusal; // of TABLE_CHANGE_IMPOSSIBLE: what it is reported as
    struct str recipe;      // and what to do instead
};

// What is no change, and worth a word all the same.
enum table_note_kind {
    TABLE_NOTE_UNDECLARED, // an earlier build declared it: it is left as it is
    TABLE_NOTE_UNKNOWN,    // it is declared, and how it is cannot be told
    TABLE_NOTE_KEPT,       // of an index that is replaced: the new one has it, too
    TABLE_NOTE_BUILT,      // an index that comes, or comes again: what that takes
    TABLE_NOTE_LEFT_OUT,   // what an index that comes leaves out (A089)
    TABLE_NOTE_REPLICAS,   // the table has some elsewhere
    TABLE_NOTE_BASE,       // a mistake in the files that are compared with
    TABLE_NOTE_UNCOMPARED, // for such, the table could not be compared
    TABLE_NOTE_ITEMS_UNCOMPARED, // its settings could, its items not
    TABLE_NOTE_KIND_COUNT,
};

#define TABLE_NOTE_UNTOLD "not told by the server, so not compared"

struct table_note {
    enum table_note_kind kind;
    struct str path;  // as in a change
    struct str value; // how it is there, if there is anything to show
    struct str text;  // "no longer declared, left as it is"
    const struct secondary_index *index; // which it is about, or NULL
    bool untold; // the server tells nothing of the setting: people read one line of
                 // all these
};

struct table_diff {
    struct arena *arena;
    struct table_change *changes; // count of them, in the order of the definition's
    size_t count;                 // reference: keys, indexes, capacity, settings
    size_t cap;
    size_t destructive; // how many are
    size_t impossible;
    bool other_key;           // the table's own key differs: its items are others
    struct table_note *notes; // note_count of them
    size_t note_count;
    size_t note_cap;
};

// "billing-mode", "index-added": stable words for programs.
const char *table_change_name(enum table_change_kind kind);

// Values of this kind are numbers, or true and false.
bool table_change_is_literal(enum table_change_kind kind);
// Appends a change. Sign and `waits` follow from the rest: a value of which `at` is
// NULL is not there, one of no bytes is.
void table_change_add(struct table_diff *diff, struct table_change change);

// "undeclared", "unknown": stable words for programs.
const char *table_note_name(enum table_note_kind kind);
void table_note_add(struct table_diff *diff, struct table_note note);
// How many notes there are of a kind.
size_t table_note_count(const struct table_diff *diff, enum table_note_kind kind);

// Members of a change as text, in the diff's arena: what is not there is (struct
// str){0}.
struct str table_change_units(const struct table_diff *diff, int64_t units); // 0: none
struct str table_change_path(const struct table_diff *diff,
                             const struct secondary_index *index, const char *member);
// "tags.stage", 'tags."cost center"'
struct str table_change_tag_path(const struct table_diff *diff, struct str key);

#endif
