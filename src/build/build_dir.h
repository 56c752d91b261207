// What `build -o DIR` wrote, read back: the tables, and their items one after the
// other.
#ifndef DDB_BUILD_BUILD_DIR_H
#define DDB_BUILD_BUILD_DIR_H

#include "arena.h"
#include "diag.h"
#include "made_for.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One table's files.
struct build_part {
    struct table table; // complete: what no request says, it has not
    struct str folder;  // DIR, or DIR/TABLE, as the user calls it
    struct str real;    // where it lies
    uint64_t batches;   // files of items
    const char *made;   // a file that says what each item was made for, in their order
                        // (build_made.h); NULL: that is not known
    bool
        external; // there is no CreateTable: others made the table, and nothing but its
                  // name is known
};

struct build_dir {
    struct build_part *parts; // count of them, by name
    size_t count;
};

// Reads what is about tables of the folder at path, which has no links and is shown as
// `shown`; everything is in arena. False: diagnosed, at the file that is missing, is no
// part of a build or is not as it was written.
__attribute__((warn_unused_result)) bool
build_dir_read(struct build_dir *out, const char *path, const char *shown,
               struct arena *arena, struct diags *diags);

// False, always: an external table's part has no file that makes the table (diagnosed).
bool build_part_lacks_table(const struct build_part *part, struct arena *arena,
                            struct diags *diags);

// Where items go: {"pk":{"S":"..."},...} as it stands in the file. False stops; with a
// text in *why it is the file's fault.
// made_for: NULL where it is not known.
struct build_sink {
    bool (*item)(void *context, struct str json, const struct made_for *made_for,
                 const char **why);
    void *context;
};

// Every item of a table in the order in which it was written. One file at a time is in
// memory. False: diagnosed, or the sink said no.
__attribute__((warn_unused_result)) bool build_part_items(const struct build_part *part,
                                                          const struct build_sink *to,
                                                          struct diags *diags);

#endif
