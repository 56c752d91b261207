// The files of a git revision, in a temporary folder of our own. The repository, its
// index and its work tree stay as they are.
#ifndef DDB_BUILD_GIT_TREE_H
#define DDB_BUILD_GIT_TREE_H

#include "arena.h"
#include "diag.h"
#include "stop.h"
#include "str.h"

#include <stdbool.h>

struct git_tree {
    struct str commit;  // its full id
    const char *root;   // the repository's work tree, links resolved
    const char *folder; // ours, of mode 0700; holds "files", and whatever the user puts
    const char *files;  // the work tree as it was at the revision: FOLDER/files
    const char *made;   // folder, as it was made
};

// The repository is that of the current folder; git is run for all of it. FILES has an
// entry .git, so that it is the root of a project, too. Everything is in arena.
// False: diagnosed, or interrupted; nothing is left behind.
__attribute__((warn_unused_result)) bool
git_tree_open(struct git_tree *out, const char *revision, const struct stop *stop,
              struct arena *arena, struct diags *diags);
// Removes the folder. False: something of it is left.
bool git_tree_close(struct git_tree *tree);

#endif
