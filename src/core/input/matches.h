// The files that a pattern in a definition means.
#ifndef DDB_CORE_MATCHES_H
#define DDB_CORE_MATCHES_H

#include "resolve.h"
#include "run.h"

// One of them.
struct match {
    const char *real;  // without links
    const char *shown; // as seen from the current folder
};

// What matches a pattern that stands at span: names with `*`, `?` and `[...]`, which
// stand for no leading dot, in any part of it. By name, nothing twice. No folder
// outside of the project is looked into, and nothing that lies there is named. False:
// diagnosed, and so it is when nothing matches.
bool matches_find(struct match **out, size_t *count, struct ddb *ddb,
                  const struct resolve_base *base, struct str pattern,
                  struct span span);

#endif
