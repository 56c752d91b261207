// ddbgen scan: every item of a table.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    struct ddb_scan_options scan = {
        .table = options->operands.at[0],
        .limit = options->limit,
        .shape = options_shape(options),
        .page = options->page,
        .start_key = options->start_key,
    };
    ddb_scan(ddb, &scan);
}

const struct command cmd_scan = {
    .name = "scan",
    .operands = "TABLE|FILE",
    .min_operands = 1,
    .max_operands = 1,
    .options =
        OPTIONS_SHAPE | OPTIONS_TARGET | OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "print a table's items",
    .details =
        "Prints the items of a table, one a line in DynamoDB's JSON. The table is\n"
        "given by its name, or by its definition (*.yaml, *.yml, *.json).",
    .examples = "  ddbgen scan cruddur-messages --table --limit 20\n"
                "  ddbgen scan schemas/messages.yaml --plain | jq .message\n",
    .run = run,
};
