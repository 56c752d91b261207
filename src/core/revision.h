// The files of the run as they were at a git revision, built.
#ifndef DDB_CORE_REVISION_H
#define DDB_CORE_REVISION_H

#include "build_dir.h"
#include "git_tree.h"
#include "run.h"

#include <stdbool.h>

struct revision {
    struct git_tree tree;
    struct build_dir build; // of no table when no definition was there yet
};

// Builds what the command line names as it was at a revision ("main", "HEAD~1"), in a
// folder of its own, with handles from files and the lock. The run was compiled. False:
// diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
revision_build(struct revision *out, struct ddb *ddb, const char *name);
// Removes the folder.
void revision_close(struct revision *revision, struct ddb *ddb);

#endif
