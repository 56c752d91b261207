// A plan in a file: what was reviewed is what is done.
//
// One JSON object a line, with a `type`:
//
//     saved-plan   version, and where it is for: endpoint_url, region, account_id;
//                  prune, restore, keep_theirs
//     table        one that is to change: its name, state ("missing" or "there"), id,
//                  created; what is declared to be off; how many items are unchanged
//     request      of that table, what `build` writes of it: it is declared so
//     call         of that table, a call that is to be made
//     item         of that table: change, entity, seen, old, new, attributes (as in
//                  diff's JSON), gone, theirs, loses; and what the ledger is to say: made
//                  (made_for.h, as base64), whole, over. What stays as it is, is none
//     end          the count of lines before it, and their SHA-256
//
// `seen` is the fingerprint of the live item under the key of `old` (item_print.h).
#ifndef DDB_CORE_SAVED_PLAN_H
#define DDB_CORE_SAVED_PLAN_H

#include "plan.h"
#include "saved_lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAVED_PLAN_VERSION 2

struct saved_call {
    struct str operation;
    struct str body;
};

struct saved_table {
    const struct saved_plan *plan;
    const struct table *table; // as it is declared
    bool missing;
    struct str id;      // TableId, and
    struct str created; // CreationDateTime, of one that is there; or empty
    struct saved_call *calls;
    size_t call_count;
    size_t call_cap;
    uint64_t offset; // in the file, of the line of its first item
    uint64_t line;   // that line's number
    uint64_t items;  // how many lines
    uint64_t puts;   // how many of these put an item
    uint64_t unchanged;
};

struct saved_plan {
    const struct source *source; // its name, for diagnostics
    int fd;                      // a copy that nobody can change
    struct str endpoint_url;
    struct str region;
    struct str account_id; // or empty: no table told
    bool prune;
    struct three_ways ways;
    struct unit *units; // count of them, with nothing but their table
    struct saved_table *tables;
    size_t count;
};

// ---- saved_plan_write.c

// Writes a plan that was shown. Whole or not at all, for its owner only. False:
// diagnosed, or a fixture is not what it was.
__attribute__((warn_unused_result)) bool
saved_plan_write(const struct plan *plan, struct ddb *ddb, const char *path);

// ---- saved_plan_read.c

// Reads a file ("-": standard input) and checks all of it. False: diagnosed.
__attribute__((warn_unused_result)) bool
saved_plan_open(struct saved_plan *out, struct ddb *ddb, const char *path);
void saved_plan_close(struct saved_plan *saved);

// ---- saved_items.c

// A line of type "item" as a change, without its table. Texts live as long as line and
// arena. False: it is no such line.
__attribute__((warn_unused_result)) bool
saved_item_read(struct item_change *out, struct str line, struct arena *arena);

// The items of a table, in the order of the file, as changes; `live` is the old item,
// or no more than its key. False: the sink said no.
__attribute__((warn_unused_result)) bool
saved_table_changes(const struct saved_table *saved, const struct change_sink *to);
// The same for a plan that is shown and carried out; good as long as it is open.
struct found_changes saved_table_found(const struct saved_table *saved);

// ---- saved_plan_check.c

// Diagnoses a plan that is for another endpoint, region or account (exit code 4). The
// target is known. False: it is.
__attribute__((warn_unused_result)) bool
saved_plan_check_target(const struct saved_plan *saved, struct ddb *ddb);
// The tables were looked at: diagnoses those that are not as they were, then reads the
// items that are to change, and diagnoses those that are not as they were (exit code
// 4). False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
saved_plan_check(const struct saved_plan *saved, const struct plan *plan,
                 struct ddb *ddb, struct client *client);

// ---- saved_off.c: what a definition says to be off, which no request says

// Appends a JSON array of keys of a definition: ["stream_specification","tags"].
void saved_off_write(struct buf *out, const struct table *table);
// Makes it so. False: it is no such array, or names what the table has not.
__attribute__((warn_unused_result)) bool
saved_off_read(struct table *table, struct str json, struct arena *arena);

#endif
