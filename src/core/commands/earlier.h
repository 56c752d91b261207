// An earlier build: a folder that `build -o` wrote, or what the files of the run were at
// a git revision ("git:REV"), built.
#ifndef DDB_CORE_EARLIER_H
#define DDB_CORE_EARLIER_H

#include "plan.h"
#include "revision.h"
#include "run.h"

#include <stdbool.h>

struct earlier {
    struct revision revision; // of a folder without a name, and whole
};

// The one that an option names; `as` is what it is taken for, "against" or "was". False:
// diagnosed, or interrupted; to be closed even then.
__attribute__((warn_unused_result)) bool
earlier_open(struct earlier *out, struct ddb *ddb, const char *name, const char *as);
// The one that is what was applied: that of --was, else that of the target; *out is
// without a build when neither says one. False: as above, and where not all of it is
// known.
__attribute__((warn_unused_result)) bool
earlier_open_was(struct earlier *out, struct ddb *ddb,
                 const struct ddb_three_ways *options);
void earlier_close(struct earlier *earlier, struct ddb *ddb);

// Its part of that table, or NULL.
const struct build_part *earlier_find(const struct earlier *earlier, struct str table);
// What was applied, for plans: its items. Of none when it is without a build.
struct applied_before earlier_applied(const struct earlier *earlier);

#endif
