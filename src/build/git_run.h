// Running git in a repository that may be hostile: which git, with what environment,
// and what of its configuration counts.
#ifndef DDB_BUILD_GIT_RUN_H
#define DDB_BUILD_GIT_RUN_H

#include "arena.h"
#include "child.h"
#include "diag.h"
#include "stop.h"

#include <stdbool.h>

struct git {
    const struct stop *stop;
    struct arena *arena;
    struct diags *diags;
    const char *folder; // where git is to be run; NULL: here
    bool system;        // the system's configuration counts, too
};

// Runs git with these arguments (NULL-terminated), its standard input and output being
// input and output; -1: nothing, and out->output. More than max bytes of output end it.
// Of its errors the first line is kept. False: it failed.
bool git_run(struct child *out, const struct git *git, const char *const *arguments,
             int input, int output, size_t max);

// Diagnoses that git did not do it: `what`, then git's own words, or that it could not
// be run. Nothing once interrupted. answer and help may be NULL. Returns false.
bool git_refuse(const struct git *git, const struct child *answer, const char *what,
                const char *help);

#endif
