// ddbgen apply: the table and its items, in DynamoDB.
#include "command.h"

static void run(struct ddb *ddb, const struct options *options)
{
    const struct ddb_apply_options apply = {
        .prune = options->prune,
        .overwrite = options->overwrite,
    };
    const struct ddb_diff_options diff = {.prune = options->prune};
    if (options->dry_run) {
        ddb_diff(ddb, &diff);
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
    .plan = "apply --dry-run",
    .options = OPTION_BIT(OPT_DRY_RUN) | OPTION_BIT(OPT_PRUNE) |
               OPTION_BIT(OPT_OVERWRITE) | OPTIONS_SOURCES |
               OPTION_BIT(OPT_UPDATE_LOCK) | OPTIONS_TARGET | OPTION_BIT(OPT_YES) |
               OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "make the table and its items as declared",
    .details =
        "Looks at the table and its items, prints what differs as `ddbgen diff` does, "
        "and\n"
        "makes it so: creates the table or changes it, call by call, waits until it "
        "and\n"
        "its indexes are ready, and writes the items that differ, resending what "
        "DynamoDB\n"
        "did not process until nothing is left. A second run changes nothing. "
        "Everything\n"
        "is checked before anything is sent.\n"
        "\n"
        "What the application wrote into the same table is never touched. Items of "
        "ours\n"
        "that nothing declares any more stay, unless --prune is given.\n"
        "\n"
        "What cannot be changed in place (keys, local indexes) is refused. Writing to "
        "a\n"
        "protected target (https, `aws`, or marked so in ddbgen.yaml) asks for its "
        "name\n"
        "after the plan was shown; elsewhere a change that loses something (an index,\n"
        "backups) asks for `yes`, or takes a bare --yes.",
    .examples = "  ddbgen apply schemas/messages.yaml\n"
                "  ddbgen apply schemas/messages.yaml --dry-run\n"
                "  ddbgen apply schemas/messages.yaml --handles fixtures/users.yaml\n"
                "  ddbgen apply schemas/messages.yaml --target prod --yes=prod\n",
    .run = run,
};
