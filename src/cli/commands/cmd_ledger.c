// ddbgen ledger: what is known of what was applied.
#include "commands.h"

#include <string.h>

// In the order of enum ddb_ledger_action.
static const char *const ACTIONS[] = {"show", "forget", "adopt", NULL};

static void run(struct ddb *ddb, const struct options *options)
{
    int action = 0;
    // It is one of them: that was looked at.
    while (ACTIONS[action + 1] != NULL &&
           strcmp(ACTIONS[action], options->operands.at[0]) != 0) {
        action++;
    }
    ddb_ledger(ddb, (enum ddb_ledger_action)action, options->operands.at + 1);
}

const struct command cmd_ledger = {
    .name = "ledger",
    .operands = "ACTION FILE",
    .min_operands = 2,
    .max_operands = 2,
    .words = ACTIONS,
    .options = OPTIONS_SOURCES | OPTIONS_TARGET | OPTION_BIT(OPT_YES) |
               OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "what is known of what was applied",
    .details =
        "A target's ledger holds what apply made of a table: by it a run tells what "
        "is\n"
        "ours from what others wrote. ACTION is one of\n"
        "  show     where it is, and how many items of which entity it holds\n"
        "  forget   it is as if there had been none\n"
        "  adopt    what the definition FILE declares, and is in the table as it\n"
        "           declares it, is ours from now on; nothing is written to the table",
    .examples =
        "  ddbgen ledger show schemas/messages.yaml\n"
        "  ddbgen ledger adopt schemas/messages.yaml --target prod --yes=prod\n",
    .run = run,
};
