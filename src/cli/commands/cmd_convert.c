// ddbgen convert: a bare transcript, with its header from flags, to seed data.
#include "commands.h"

#include <string.h>

static const enum ddb_emit EMITS[] = {DDB_EMIT_FIXTURE, DDB_EMIT_ITEMS,
                                      DDB_EMIT_REQUESTS}; // as CONVERT_EMITS

static void check(struct options *options)
{
    bool fixture = EMITS[options->emit] == DDB_EMIT_FIXTURE;
    if (!fixture && options->definition == NULL) {
        options_mistake(options, "'convert' makes no items without a definition");
        options_hint(options, "add --definition FILE");
    } else if (fixture && options->definition != NULL &&
               !options->given[OPT_EMIT_CONVERT]) {
        options_mistake(options,
                        "option '--definition' is only for items and requests");
        options_hint(options, "add --emit items or --emit requests");
    }
    for (size_t i = 0; i < options->participants.count; i++) {
        const char *participant = options->participants.at[i];
        const char *equals = strrchr(participant, '=');
        if (equals == NULL || equals == participant || equals[1] == '\0') {
            options_mistake(options,
                            "option '--participant' takes LABEL=HANDLE, not %s",
                            QUOTE(participant));
        }
    }
}

static void run(struct ddb *ddb, const struct options *options)
{
    struct ddb_convert_options convert = {
        .emit = EMITS[options->emit],
        .transcript = options->operands.at[0],
        .definition = options->definition,
        .conversation = options->conversation,
        .participants = options->participants.at,
        .participant_count = options->participants.count,
        .starts_at = options->starts_at,
        .interval = options->interval,
        .continuation = options->continuation,
        .output = options_output(options),
    };
    ddb_convert(ddb, &convert);
}

const struct command cmd_convert = {
    .name = "convert",
    .operands = "TRANSCRIPT",
    .min_operands = 1,
    .max_operands = 1,
    .options = OPTION_BIT(OPT_EMIT_CONVERT) | OPTION_BIT(OPT_DEFINITION) |
               OPTION_BIT(OPT_OUTPUT) | OPTION_BIT(OPT_CONVERSATION) |
               OPTION_BIT(OPT_PARTICIPANT) | OPTION_BIT(OPT_STARTS_AT) |
               OPTION_BIT(OPT_INTERVAL) | OPTION_BIT(OPT_CONTINUATION) |
               OPTIONS_SOURCES | OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) |
               OPTION_BIT(OPT_COLOR),
    .summary = "turn a bare transcript into seed data",
    .details = "Gives a transcript the header that it lacks, and writes it as a "
               "fixture, or as\n"
               "the items or requests that a definition makes of it.\n"
               "\n"
               "Lines of TRANSCRIPT (- is standard input) are a label, a colon, one "
               "space and\n"
               "the text: `Person 1: Have you seen it?`",
    .examples =
        "  ddbgen convert chat.txt --conversation babylon-5 \\\n"
        "      --participant 'Person 1=andrewbrown' --participant 'Person 2=bayko' "
        "\\\n"
        "      --starts-at 2023-03-19T12:00:00Z --interval 1m -o fixtures/chat.txt\n"
        "  ddbgen convert chat.txt ... --definition schemas/messages.yaml \\\n"
        "      --emit items\n",
    .check = check,
    .run = run,
};
