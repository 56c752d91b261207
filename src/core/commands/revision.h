// The files of the run as they were at a git revision, built.
#ifndef DDB_CORE_REVISION_H
#define DDB_CORE_REVISION_H

#include "build_dir.h"
#include "git_tree.h"
#include "run.h"

#include <stdbool.h>

// How much of a unit's files compiled then.
enum revision_state {
    REVISION_WHOLE,  // all, or there was no such FILE
    REVISION_TABLE,  // its definition; what there is of items is not known
    REVISION_BROKEN, // nothing
};

struct revision_mistakes {
    struct str lines; // the first ones, a line each
    uint64_t more;    // that many are not among them
};

struct revision {
    const char *name; // as the user calls it; NULL: it is no revision
    struct git_tree tree;
    struct build_dir build;             // of no table when no definition was there yet
    enum revision_state *states;        // for each unit; NULL: all are whole
    struct revision_mistakes *mistakes; // the same, of those that are not whole
    struct revision_mistakes together;  // of all files at once
};

// Builds what compiles of what the command line names as it was at a revision ("main",
// "HEAD~1"), in a folder of its own, with handles from files and the lock. The run was
// compiled. `as` says on stderr what for: "against". False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
revision_build(struct revision *out, struct ddb *ddb, const char *name, const char *as);
// Removes the folder.
void revision_close(struct revision *revision, struct ddb *ddb);

#endif
