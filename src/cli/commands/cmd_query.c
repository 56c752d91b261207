// ddbgen query: a declared access pattern, live.
#include "commands.h"

#include <string.h>

static void check(struct options *options)
{
    for (size_t i = 2; i < options->operands.count; i++) {
        const char *argument = options->operands.at[i];
        const char *equals = strchr(argument, '=');
        if (equals == NULL || equals == argument) {
            options_mistake(options, "a parameter is given as name=value, not %s",
                            QUOTE(argument));
        }
    }
    if (options->time_zone != NULL && !options->chat) {
        options_mistake(options, "option '--time-zone' is of '--chat'");
    }
}

static void run(struct ddb *ddb, const struct options *options)
{
    bool named = options->operands.count > 1;
    struct ddb_query_options query = {
        .definition = options->operands.at[0],
        .pattern = named ? options->operands.at[1] : NULL,
        .arguments = options->operands.at + 2,
        .argument_count = named ? options->operands.count - 2 : 0,
        .limit = options->limit,
        .shape = options_shape(options),
        .offline = options->offline,
        .page = options->page,
        .start_key = options->start_key,
        .time_zone = options->time_zone,
    };
    ddb_query(ddb, &query);
}

const struct command cmd_query = {
    .name = "query",
    .operands = "FILE [PATTERN [NAME=VALUE...]]",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .options = OPTIONS_SHAPE | OPTIONS_SOURCES | OPTIONS_TARGET |
               OPTION_BIT(OPT_OFFLINE) | OPTION_BIT(OPT_CHAT) |
               OPTION_BIT(OPT_TIME_ZONE) | OPTION_BIT(OPT_STRICT) |
               OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "run a declared access pattern",
    .details =
        "Runs the access pattern PATTERN of the definition FILE against the "
        "table, with\n"
        "a value for each of its parameters, and prints one item a line. "
        "Without\n"
        "PATTERN it lists those that the definition has, with their parameters. With\n"
        "--offline it answers as DynamoDB would if the definition's fixtures were "
        "all\n"
        "that is in the table, without asking anybody.",
    .examples =
        "  ddbgen query schemas/messages.yaml\n"
        "  ddbgen query schemas/messages.yaml list_conversations \\\n"
        "      me=andrewbrown year=2023 --table\n"
        "  ddbgen query schemas/messages.yaml list_messages --limit 5 --chat \\\n"
        "      conversation=5ae290ed-55d1-47a0-bc6d-fe2bc2700399 year=2023\n",
    .check = check,
    .run = run,
};
