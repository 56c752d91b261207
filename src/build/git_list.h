// A commit's tree, as `git ls-tree -r -t -z -l` lists it.
#ifndef DDB_BUILD_GIT_LIST_H
#define DDB_BUILD_GIT_LIST_H

#include "git_run.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GIT_FILES_MAX 500000u
#define GIT_BYTES_MAX ((uint64_t)8 << 30)

struct git_entry {
    char kind; // 'f'ile, 'x': it is executable, 'l'ink, 'd'irectory
    const char *id;
    uint64_t size;    // of what is no directory
    const char *path; // relative, and one that a checkout may have
};

struct git_list {
    struct git_entry *entries; // count of them, folders before what is in them
    size_t count;
    size_t cap;
    uint64_t bytes; // of all together
};

// Everything is in git's arena. Names that no checkout may have, and more than
// GIT_FILES_MAX entries or GIT_BYTES_MAX bytes are refused. False: diagnosed.
__attribute__((warn_unused_result)) bool
git_list_read(struct git_list *out, struct str text, const struct git *git);

// False. Says what is wrong with an entry.
bool git_list_refuse(const struct git *git, const char *path, const char *why);

#endif
