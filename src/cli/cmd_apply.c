// ddbgen apply: the table and its items, in DynamoDB.
#include "command.h"

static void run(struct ddb *ddb, const struct options *options)
{
    (void)options;
    ddb_apply(ddb);
}

const struct command cmd_apply = {
    .name = "apply",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .options = OPTIONS_SOURCES | OPTION_BIT(OPT_UPDATE_LOCK) | OPTIONS_TARGET |
               OPTION_BIT(OPT_YES) | OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) |
               OPTION_BIT(OPT_COLOR),
    .summary = "create the table and put its items",
    .details =
        "Creates the table if it is missing, waits until it and its indexes are "
        "ready,\n"
        "makes the settings that need calls of their own (time to live, backups, "
        "insights),\n"
        "and puts all items, resending what DynamoDB did not process until nothing is\n"
        "left. Everything is checked before anything is sent.\n"
        "\n"
        "A table that exists with other keys is refused. Writing to a protected "
        "target\n"
        "(https, `aws`, or marked so in ddbgen.yaml) asks for its name first.",
    .examples = "  ddbgen apply schemas/messages.yaml\n"
                "  ddbgen apply schemas/messages.yaml --handles fixtures/users.yaml\n"
                "  ddbgen apply schemas/messages.yaml --target prod --yes=prod\n",
    .run = run,
};
