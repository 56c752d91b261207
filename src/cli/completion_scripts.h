// Completion scripts for shells, from the tables of commands and options.
#ifndef DDB_CLI_COMPLETION_SCRIPTS_H
#define DDB_CLI_COMPLETION_SCRIPTS_H

#include <stddef.h>
#include <stdio.h>

// The shells' names, NULL-terminated.
extern const char *const completion_shells[];

// The script for the shell at this index.
void completion_print(FILE *out, size_t shell);

#endif
