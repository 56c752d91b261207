// ddbgen test: the examples of access patterns.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    struct ddb_test_options test = {
        .only = options->only.at,
        .only_count = options->only.count,
        .costs = options->costs,
        .update = options->update,
    };
    ddb_test(ddb, &test);
}

const struct command cmd_test = {
    .name = "test",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .tests = true,
    .options = OPTIONS_SOURCES | OPTIONS_TARGET | OPTION_BIT(OPT_ONLY) |
               OPTION_BIT(OPT_COSTS) | OPTION_BIT(OPT_UPDATE) | OPTION_BIT(OPT_STRICT) |
               OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "run the examples of access patterns",
    .details =
        "Runs the examples that stand at the access patterns of definitions, and "
        "shows\n"
        "where an answer is not what they expect. Without a target the compiled "
        "fixtures\n"
        "answer, as DynamoDB would, and nobody is asked; with --target or\n"
        "--endpoint-url the live table does. FILE is what check takes.\n"
        "\n"
        "Exit code 1 when an example fails, 2 when one is no example.",
    .examples = "  ddbgen test schemas/messages.yaml\n"
                "  ddbgen test schemas/messages.yaml --only list_messages --costs\n"
                "  ddbgen test schemas/*.yaml --format junit > examples.xml\n"
                "  ddbgen test schemas/messages.yaml --target local\n",
    .run = run,
};
