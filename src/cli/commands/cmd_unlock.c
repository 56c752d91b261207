// ddbgen unlock: takes a ledger from a run that is gone.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    ddb_unlock(ddb, options->operands.at[0]);
}

const struct command cmd_unlock = {
    .name = "unlock",
    .operands = "FILE",
    .min_operands = 1,
    .max_operands = 1,
    .options = OPTIONS_TARGET | OPTION_BIT(OPT_YES) | OPTION_BIT(OPT_FORMAT) |
               OPTION_BIT(OPT_COLOR),
    .summary = "free a table from a run that is gone",
    .details =
        "One apply at a time writes to a table where its ledger is in a table. A run\n"
        "that was killed leaves it held, for seven minutes at most; this takes it "
        "away\n"
        "at once, and says who had it. Be sure that he is gone.",
    .examples = "  ddbgen unlock schemas/messages.yaml --target staging\n",
    .run = run,
};
