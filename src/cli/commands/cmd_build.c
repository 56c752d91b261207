// ddbgen build: the compiled requests or items, written down.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    const enum ddb_emit emits[] = {DDB_EMIT_REQUESTS, DDB_EMIT_ITEMS}; // BUILD_EMITS
    struct ddb_build_options build = {
        .emit = emits[options->emit],
        .output = options_output(options),
    };
    ddb_build(ddb, &build);
}

const struct command cmd_build = {
    .name = "build",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .options = OPTION_BIT(OPT_EMIT_BUILD) | OPTION_BIT(OPT_OUTPUT) | OPTIONS_SOURCES |
               OPTION_BIT(OPT_UPDATE_LOCK) | OPTION_BIT(OPT_STRICT) |
               OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "write the requests, or the items, down",
    .details =
        "Writes one request a line: {\"CreateTable\":...} first, then\n"
        "{\"BatchWriteItem\":...} with up to 25 items each. With -o DIR each becomes "
        "a\n"
        "file that `aws dynamodb create-table|batch-write-item --cli-input-json` "
        "takes;\n"
        "DIR is replaced whole, and refused when it holds anything else.\n"
        "\n"
        "The same input gives the same bytes. Mistakes are found before the first one\n"
        "is written. Only Postgres is asked, for handles, if the definition says so.",
    .examples = "  ddbgen build schemas/messages.yaml\n"
                "  ddbgen build schemas/messages.yaml -o requests\n"
                "  ddbgen build schemas/messages.yaml --emit items | gzip > items.gz\n",
    .run = run,
};
