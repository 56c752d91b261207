// A revision's files, written by ourselves.
#ifndef DDB_BUILD_GIT_FILES_H
#define DDB_BUILD_GIT_FILES_H

#include "git_run.h"

#include <stdbool.h>

// Writes all files of a commit into `files`, a new folder without links in its path;
// `folder` is another one, for what is needed on the way. Links are made as they are,
// and nothing is ever written through one: who reads the files judges them (follow.h).
// Names that no checkout may have, two entries of one name, and more than GIT_FILES_MAX
// entries or GIT_BYTES_MAX bytes are refused. False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool git_files_write(const char *files,
                                                         const char *folder,
                                                         const char *commit,
                                                         const struct git *git);

#define GIT_FILES_MAX 500000u
#define GIT_BYTES_MAX ((uint64_t)8 << 30)

#endif
