// The list of all commands.
#include "commands.h"

const struct command *const commands[] = {
    &cmd_check,  &cmd_build,      &cmd_diff,    &cmd_apply,  &cmd_convert,
    &cmd_query,  &cmd_test,       &cmd_scan,    &cmd_drop,   &cmd_list_tables,
    &cmd_ledger, &cmd_unlock,     &cmd_whoami,  &cmd_schema, &cmd_explain,
    &cmd_help,   &cmd_completion, &cmd_version, NULL,
};
