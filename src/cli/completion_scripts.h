// Completion scripts for shells, from the tables of commands and options.
#ifndef DDB_CLI_COMPLETION_SCRIPTS_H
#define DDB_CLI_COMPLETION_SCRIPTS_H

#include <stdio.h>

struct completion_shell {
    const char *name;
    void (*print)(FILE *out);
};

// NULL-terminated by name.
extern const struct completion_shell completion_shells[];

#endif
