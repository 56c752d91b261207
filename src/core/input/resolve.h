// Paths that users and files name.
#ifndef DDB_CORE_RESOLVE_H
#define DDB_CORE_RESOLVE_H

#include "follow.h"
#include "run.h"

#include <stdbool.h>

// A file that the user names, by a path without links; "-" stays. It may lie anywhere,
// but no link leads out of a project, unless --follow-links. Of what is not there, a
// path that fails in the same way when it is opened. NULL: diagnosed.
const char *resolve_named(struct ddb *ddb, const char *path);
// Which of our own descriptors that is: 0 of "-". -1: none. Nothing is diagnosed.
int resolve_descriptor(struct ddb *ddb, const char *path);
// A descriptor can be read once, and --handles comes first. False: it was claimed
// before; diagnosed.
bool resolve_claim(struct ddb *ddb, const char *path);

// Where what a file names begins, and what it may not leave.
struct resolve_base {
    const char *folder; // as it is spelt
    const char *real;   // without links
    const char *root;   // of its project, likewise
};
// That of a file's name. False: its folder is gone; diagnosed.
bool resolve_base_init(struct resolve_base *out, struct ddb *ddb, struct str file);
// A name against it, for people.
const char *resolve_shown(struct ddb *ddb, const struct resolve_base *base,
                          const char *name);
// A name (at span): the file by an absolute path without links, when it is inside of
// the project and not git's. NULL: diagnosed.
const char *resolve_inside(struct ddb *ddb, const struct resolve_base *base,
                           const char *name, struct span span);
// Diagnoses what follow_inside refused; `shown` is what is named.
void resolve_refuse(struct ddb *ddb, const struct resolve_base *base, const char *shown,
                    enum follow_result why, struct span span);
// The same of a name that stands at span, in that file; as seen from the current
// folder.
const char *resolve_name(struct ddb *ddb, struct str name, struct span span);

#endif
