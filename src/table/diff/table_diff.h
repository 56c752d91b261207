// A declared table against a live one.
#ifndef DDB_TABLE_TABLE_DIFF_H
#define DDB_TABLE_TABLE_DIFF_H

#include "arena.h"
#include "diag.h"
#include "table.h"
#include "table_change.h"

#include <stdbool.h>

// What would make live, as the service told of it, what declared says. Pure: nothing is
// asked. `declared` was verified; its changes point into both tables.
//
// What the definition leaves out is left alone. What it says, and the live table does
// not tell (SETTING_UNSAID, *_said, untold), is noted as unknown. What it says, it says
// whole: the indexes, the tags, and what is inside a setting; a ceiling of on-demand
// throughput that it does not give is none, a recovery period is 35 days. Warm
// throughput is a floor (A136). Units that the other billing mode has no place for go
// with it. An index that is replaced keeps what is not said of it (index_carry.h).
//
// Nothing that the service alone writes otherwise is a difference: the order of
// attributes (A234), of names in a projection, tags that begin with aws:, a KMS key by
// its ARN (kms_key.h; where it is not known what an alias stands for, that is noted), a
// policy's layout.
//
// When the table's own key differs, such a table is another: the rest is compared all
// the same, to be shown.
//
// Of an external table only the key and the declared indexes are compared, and these may
// project more than is declared: what it lacks is impossible to change.
void table_diff(struct table_diff *out, const struct table *declared,
                const struct table *live, struct arena *arena);

// What a table that is not there is to be: its key, its billing mode, its indexes, and
// what else is said and not the service's default. All are added, none is impossible.
void table_diff_new(struct table_diff *out, const struct table *declared,
                    struct arena *arena);

// Whether a declared index takes the place of another one of its name.
bool table_diff_replaces(const struct table *declared, const struct table *live,
                         const struct secondary_index *index);

// Whether any change is about this declared index. The others are untouched.
bool table_diff_touches(const struct table_diff *diff,
                        const struct secondary_index *index);

// Diagnoses each change that is impossible (exit code 4), with its recipe. True: there
// is none.
__attribute__((warn_unused_result)) bool table_diff_check(const struct table_diff *diff,
                                                          const struct table *declared,
                                                          struct diags *diags);

#endif
