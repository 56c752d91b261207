// ddbgen drop: delete a table, after its name was given twice.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    ddb_drop(ddb, options->operands.at[0]);
}

const struct command cmd_drop = {
    .name = "drop",
    .operands = "TABLE|FILE",
    .min_operands = 1,
    .max_operands = 1,
    .options = OPTIONS_TARGET | OPTION_BIT(OPT_WAIT_TIMEOUT) | OPTION_BIT(OPT_YES) |
               OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "delete a table with all its items",
    .details = "Deletes the table, given by its name or by its definition (*.yaml, "
               "*.yml), and\n"
               "waits until it is gone. It always asks for the table's name, or takes "
               "it with\n"
               "--yes=TABLE; on a protected target it wants the target's name as well.",
    .examples = "  ddbgen drop cruddur-messages\n"
                "  ddbgen drop schemas/messages.yaml --yes=cruddur-messages\n"
                "  ddbgen drop cruddur-messages --target prod \\\n"
                "      --yes=cruddur-messages --yes=prod\n",
    .run = run,
};
