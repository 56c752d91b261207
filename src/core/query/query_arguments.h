// What values of a pattern's parameters need to be known.
#ifndef DDB_CORE_QUERY_ARGUMENTS_H
#define DDB_CORE_QUERY_ARGUMENTS_H

#include "argument.h"
#include "run.h"

// Takes note of the handles among them: they are to be looked up; span is where they are
// named.
void query_arguments_want(struct ddb *ddb, struct unit *unit, const struct query *query,
                          const struct argument *arguments, struct span span);

#endif
