// The help texts, all from the tables of commands and options.
#ifndef DDB_CLI_HELP_H
#define DDB_CLI_HELP_H

#include "command.h"

#include <stdio.h>

// What `ddbgen` alone says: the commands, an example, where to read on.
void help_print_short(FILE *out, const struct command *const *commands);
// `ddbgen --help`: the same, with the options that every command takes.
void help_print_all(FILE *out, const struct command *const *commands);
// `ddbgen COMMAND --help`.
void help_print_command(FILE *out, const struct command *command);

#endif
