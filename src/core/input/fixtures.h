// Each fixture once, and who has it.
#ifndef DDB_CORE_FIXTURES_H
#define DDB_CORE_FIXTURES_H

#include "run.h"

#include <stdbool.h>

// Opens a transcript ("-" is standard input, spooled). NULL: diagnosed.
struct fixture *fixtures_transcript(struct ddb *ddb, const char *path);
// A file of rows and items (at a path without links), read already. Never NULL;
// mistakes are diagnosed.
struct fixture *fixtures_data(struct ddb *ddb, const char *real, struct data_file *data,
                              const struct source *source, const struct node *root);
// Gives a fixture to a definition that has not got it.
void fixtures_give(struct ddb *ddb, struct unit *unit, struct fixture *fixture);
// Opens the fixtures that a definition names.
void fixtures_open_own(struct ddb *ddb, struct unit *unit);
// Opens those that a file names, relative to it, for a unit.
void fixtures_open_listed(struct ddb *ddb, struct unit *unit, struct str file,
                          const struct fixture_pattern *patterns, size_t count);
// True when no fixture changed since it was opened; else diagnosed.
bool fixtures_unchanged(struct ddb *ddb);
// Where a transcript stands; NULL: on standard input.
const char *fixtures_path(const struct fixture *fixture);

#endif
