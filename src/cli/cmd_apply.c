// ddbgen apply: the table and its items, in DynamoDB.
#include "command.h"

static void run(struct ddb *ddb, const struct options *options)
{
    const struct ddb_apply_options apply = {
        .prune = options->prune,
        .overwrite = options->overwrite,
    };
    if (options->dry_run) {
        ddb_diff(ddb, options->prune);
    } else {
        ddb_apply(ddb, &apply);
    }
}

const struct command cmd_apply = {
    .name = "apply",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .options = OPTION_BIT(OPT_DRY_RUN) | OPTION_BIT(OPT_PRUNE) |
               OPTION_BIT(OPT_OVERWRITE) | OPTIONS_SOURCES |
               OPTION_BIT(OPT_UPDATE_LOCK) | OPTIONS_TARGET | OPTION_BIT(OPT_YES) |
               OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "create the table, make its items as declared",
    .details =
        "Creates the table if it is missing, waits until it and its indexes are "
        "ready,\n"
        "makes the settings that need calls of their own (time to live, backups, "
        "insights),\n"
        "and makes its items as they are declared. Of a table that exists the items "
        "are\n"
        "read first; what differs is shown, as `ddbgen diff` does, and only that is\n"
        "written, resending what DynamoDB did not process until nothing is left. A "
        "second\n"
        "run changes nothing. Everything is checked before anything is sent.\n"
        "\n"
        "What the application wrote into the same table is never touched. Items of "
        "ours\n"
        "that nothing declares any more stay, unless --prune is given.\n"
        "\n"
        "A table that exists with other keys is refused. Writing to a protected "
        "target\n"
        "(https, `aws`, or marked so in ddbgen.yaml) asks for its name first.",
    .examples = "  ddbgen apply schemas/messages.yaml\n"
                "  ddbgen apply schemas/messages.yaml --dry-run\n"
                "  ddbgen apply schemas/messages.yaml --handles fixtures/users.yaml\n"
                "  ddbgen apply schemas/messages.yaml --target prod --yes=prod\n",
    .run = run,
};
