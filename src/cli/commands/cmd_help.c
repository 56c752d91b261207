// ddbgen help [COMMAND], and the reference of all diagnostics as a page of Markdown.
#include "commands.h"
#include "help.h"

#include <string.h>

#define TOPIC_DIAGNOSTICS "diagnostics"

static void check(struct options *options)
{
    if (options->operands.count == 0) {
        return;
    }
    const char *name = options->operands.at[0];
    if (command_find(options->commands, name) == NULL &&
        strcmp(name, TOPIC_DIAGNOSTICS) != 0) {
        options_unknown_command(options, name);
    }
}

static void run(struct ddb *ddb, const struct options *options)
{
    if (options->operands.count == 0) {
        help_print_all(stdout, options->commands);
    } else if (strcmp(options->operands.at[0], TOPIC_DIAGNOSTICS) == 0) {
        ddb_print_diagnostics_reference(ddb);
    } else {
        help_print_command(stdout,
                           command_find(options->commands, options->operands.at[0]));
    }
}

const struct command cmd_help = {
    .name = "help",
    .operands = "[COMMAND]",
    .max_operands = 1,
    .operand = OPERAND_COMMAND,
    .summary = "explain ddbgen, or one command",
    .details =
        "Explains a command as `ddbgen COMMAND --help` does, or ddbgen itself.\n"
        "`ddbgen help diagnostics` is the reference of all messages, in Markdown.",
    .examples = "  ddbgen help apply\n"
                "  ddbgen help diagnostics | less\n",
    .check = check,
    .run = run,
};
