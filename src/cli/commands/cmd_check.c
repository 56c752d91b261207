// ddbgen check: compile and verify, connect to nothing.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    (void)options;
    ddb_check(ddb);
}

const struct command cmd_check = {
    .name = "check",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .options = OPTIONS_SOURCES | OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) |
               OPTION_BIT(OPT_COLOR),
    .summary = "verify everything, connect to nothing",
    .details =
        "Compiles definitions and fixtures and verifies every rule that DynamoDB "
        "would.\n"
        "All mistakes of a run are shown, each at its place. Nothing is connected to.\n"
        "\n"
        "FILE is a table definition (*.yaml), a transcript (*.txt, or - for standard\n"
        "input), or a file of rows and items (*.yaml). Fixtures named here replace "
        "the\n"
        "definition's own `fixtures`.",
    .examples = "  ddbgen check schemas/messages.yaml\n"
                "  ddbgen check schemas/messages.yaml fixtures/mine.txt --strict\n"
                "  ddbgen check schemas/*.yaml --format json\n",
    .run = run,
};
