// One run of ddbgen, shared by the files of this layer. Nothing outside sees it;
// ddb_open, ddb_close and ddb_usage_error (ddbgen.h) make it and end it.
#ifndef DDB_CORE_RUN_H
#define DDB_CORE_RUN_H

#include "arena.h"
#include "compilation.h"
#include "ddbgen.h"
#include "diag.h"
#include "kept_file.h"
#include "map.h"
#include "target.h"
#include "users.h"

#include <stdbool.h>

struct ddb {
    struct ddb_options options;
    struct arena arena;
    struct diags diags;
    struct compilation compilation;
    struct target target;
    bool has_target;
    bool awaited;          // --wait: the endpoint answered
    bool report_to_stdout; // the command is a check: its report is its result
    bool interrupted;
    bool different;     // diff: something differs
    int worst_within;   // the greatest exit code of runs within this one
    bool *yes_used;     // by --yes: it has answered a question
    bool stdout_failed; // and that was reported
    bool stdout_left;   // its reader is gone: no mistake of ours
    bool given_read;    // --handles was read into given_users, for all tables
    bool given_good;
    struct users given_users;
    struct map binaries;         // path to struct str: files that values name
    struct map data_files;       // paths of rows and items that definitions name
    struct map streams;          // descriptors that files of the run are
    struct kept_files kept;      // transcripts
    size_t binary_bytes;         // in all of them
    size_t matched;              // names that patterns of fixtures found,
    size_t looked_at;            // and those that they were held against
    struct map fixtures_by_file; // struct file_identity's device and inode to a fixture
    bool target_failed;          // it was not to be resolved; diagnosed
    bool records_times;          // what `now` meant goes into the lock
    bool no_own_fixtures;        // those of definitions are not wanted
    struct run_lock *locks;      // lock_count of them (locks.c)
    size_t lock_count;
    struct unit_lock *unit_locks; // for each unit; NULL before locks_open
    struct str header_text; // convert: the header from flags; empty when it has its own
};

#endif
