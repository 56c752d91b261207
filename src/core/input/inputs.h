// FILEs to units and fixtures.
#ifndef DDB_CORE_INPUTS_H
#define DDB_CORE_INPUTS_H

#include "run.h"

#include <stdbool.h>

// Reads every definition and opens every fixture. False: diagnosed.
bool inputs_open(struct ddb *ddb);
// Reads one definition, without its fixtures. NULL: diagnosed.
struct unit *inputs_definition(struct ddb *ddb, const char *path);
// Opens a transcript that the command line names ("-" is standard input, spooled).
// NULL: diagnosed.
struct fixture *inputs_fixture(struct ddb *ddb, const char *path);
// Reserves the units; called once before the first inputs_definition.
void inputs_reserve(struct ddb *ddb, size_t definitions);
// What scan and drop take: "messages.yaml" is a definition (else *definition is NULL),
// "cruddur-messages" a table's name. False: diagnosed.
bool inputs_table(struct str *name, const struct definition **definition,
                  struct ddb *ddb, const char *argument);

#endif
