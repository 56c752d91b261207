// ddbgen explain: what a diagnostic means.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    ddb_explain(ddb, options->operands.count > 0 ? options->operands.at[0] : NULL);
}

const struct command cmd_explain = {
    .name = "explain",
    .operands = "[CODE]",
    .max_operands = 1,
    .operand = OPERAND_CODE,
    .summary = "explain a diagnostic's code, or list all",
    .details =
        "Every message of ddbgen carries a code in brackets: error[unknown-key].\n"
        "Explains one: how severe it is, the exit code that it leads to, why it is "
        "said,\n"
        "what to do, and the rules of DynamoDB behind it. Without CODE it lists all. "
        "The\n"
        "id of a rule (A105) leads to the code that a breach is reported as.",
    .examples = "  ddbgen explain unknown-key\n"
                "  ddbgen explain | grep index\n",
    .run = run,
};
