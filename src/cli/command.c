// The list of all commands, and finding one. In: a name as it was typed.
#include "command.h"

#include <string.h>

#define COMMANDS_MAX 32

const struct command *const commands[] = {
    &cmd_check,   &cmd_build, &cmd_diff,       &cmd_apply,       &cmd_convert,
    &cmd_query,   &cmd_scan,  &cmd_drop,       &cmd_list_tables, &cmd_schema,
    &cmd_explain, &cmd_help,  &cmd_completion, &cmd_version,     NULL,
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

const char *command_nearest(const char *written)
{
    const char *names[COMMANDS_MAX];
    size_t count = 0;

    while (count < COMMANDS_MAX && commands[count] != NULL) {
        names[count] = commands[count]->name;
        count++;
    }
    const size_t nearest = ddb_nearest(written, names, count);
    return nearest < count ? names[nearest] : NULL;
}
