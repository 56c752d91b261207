// The files of examples that a definition names.
#ifndef DDB_CORE_TESTS_FILES_H
#define DDB_CORE_TESTS_FILES_H

#include "matches.h"
#include "run.h"
#include "tests_file.h"

#include <stdbool.h>
#include <stddef.h>

// Those of a unit's definition, by name, *count of them in the ddb's arena. False:
// diagnosed.
__attribute__((warn_unused_result)) bool tests_files_find(struct match **out,
                                                          size_t *count,
                                                          struct ddb *ddb,
                                                          const struct unit *unit);
// Reads one, and makes its examples those of the unit, and its fixtures, if it has any,
// the unit's. *out lives in the ddb's arena. False: diagnosed.
__attribute__((warn_unused_result)) bool tests_files_open(struct tests_file *out,
                                                          struct ddb *ddb,
                                                          struct unit *unit,
                                                          const struct match *match);
// Looks for mistakes in all that the run's definitions name; fixtures are left alone.
// False: diagnosed.
__attribute__((warn_unused_result)) bool tests_files_check(struct ddb *ddb);

#endif
