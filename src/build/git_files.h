// A revision's files, written by ourselves.
#ifndef DDB_BUILD_GIT_FILES_H
#define DDB_BUILD_GIT_FILES_H

#include "git_list.h"
#include "git_run.h"

#include <stdbool.h>
#include <stdio.h>

// Writes all files of a commit into `files`, a new folder without links in its path;
// `folder` is another one, for what is needed on the way. Links are made as they are,
// and nothing is ever written through one: who reads the files judges them (follow.h).
// Names that no checkout may have, two entries of one name, and more than GIT_FILES_MAX
// entries or GIT_BYTES_MAX bytes are refused. False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool git_files_write(const char *files,
                                                         const char *folder,
                                                         const char *commit,
                                                         const struct git *git);

// The same of a list and of what `git cat-file --batch` says of its blobs, in its
// order.
__attribute__((warn_unused_result)) bool git_files_make(const char *files,
                                                        const struct git_list *list,
                                                        FILE *blobs,
                                                        const struct git *git);

#endif
