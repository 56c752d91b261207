// Completion scripts for shells, from the tables of commands and options.
#ifndef DDB_CLI_COMPLETION_SCRIPTS_H
#define DDB_CLI_COMPLETION_SCRIPTS_H

#include "command.h"

#include <stddef.h>
#include <stdio.h>

// The shells' names, NULL-terminated.
extern const char *const completion_shells[];

// The script for the shell at this index, about these commands.
void completion_print(FILE *out, const struct command *const *commands, size_t shell);

#endif
