// All commands.
#ifndef DDB_CLI_COMMANDS_H
#define DDB_CLI_COMMANDS_H

#include "command.h"

extern const struct command cmd_apply;
extern const struct command cmd_build;
extern const struct command cmd_check;
extern const struct command cmd_completion;
extern const struct command cmd_convert;
extern const struct command cmd_diff;
extern const struct command cmd_drop;
extern const struct command cmd_explain;
extern const struct command cmd_help;
extern const struct command cmd_ledger;
extern const struct command cmd_list_tables;
extern const struct command cmd_query;
extern const struct command cmd_scan;
extern const struct command cmd_schema;
extern const struct command cmd_test;
extern const struct command cmd_unlock;
extern const struct command cmd_version;
extern const struct command cmd_whoami;

// In the order of the help, NULL-terminated.
extern const struct command *const commands[];

#endif
