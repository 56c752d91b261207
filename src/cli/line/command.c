// Finding a command. In: a name as it was typed.
#include "command.h"

#include "nearest.h"

#include <string.h>

#define COMMANDS_MAX 32

const struct command *command_find(const struct command *const *commands,
                                   const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

const char *command_nearest(const struct command *const *commands, const char *written)
{
    const char *names[COMMANDS_MAX];
    size_t count = 0;

    while (count < COMMANDS_MAX && commands[count] != NULL) {
        names[count] = commands[count]->name;
        count++;
    }
    size_t near = nearest(written, names, count);
    return near < count ? names[near] : NULL;
}
