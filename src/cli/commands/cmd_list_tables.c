// ddbgen list-tables: the names of all tables, one a line.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    (void)options;
    ddb_list_tables(ddb);
}

const struct command cmd_list_tables = {
    .name = "list-tables",
    .operands = "",
    .options = OPTIONS_TARGET | OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "print the names of all tables",
    .details = "Prints the names of all tables of the account and region, one a line.",
    .examples = "  ddbgen list-tables\n"
                "  ddbgen list-tables --target aws --region ca-central-1\n",
    .run = run,
};
