// ddbgen diff: what apply would do, without doing it.
#include "commands.h"

static void check(struct options *options)
{
    options_check_detail(options);
    options_check_ways(options);
    if (options->against != NULL && options->prune) {
        options_mistake(options,
                        "options '--against' and '--prune' exclude each other");
        options_hint(options,
                     "whatever an earlier build holds and nothing declares any "
                     "more is shown as it is");
    }
    if (options->against != NULL && options->coverage) {
        options_mistake(options,
                        "options '--against' and '--coverage' exclude each other");
        options_hint(options, "an earlier build holds no items but its own; --coverage "
                              "scans the live table");
    }
    if (options->against != NULL && options->save_plan != NULL) {
        options_mistake(options,
                        "options '--against' and '--save-plan' exclude each other");
        options_hint(options, "a plan to apply is made from the live table");
    }
}

static void run(struct ddb *ddb, const struct options *options)
{
    struct ddb_diff_options diff = {
        .ways = options_ways(options),
        .prune = options->prune,
        .coverage = options->coverage,
        .against = options->against,
        .save_plan = options->save_plan,
    };
    ddb_diff(ddb, &diff);
}

const struct command cmd_diff = {
    .name = "diff",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .plan = "diff",
    .options = OPTION_BIT(OPT_AGAINST) | OPTION_BIT(OPT_SAVE_PLAN) | OPTIONS_DETAIL |
               OPTION_BIT(OPT_PRUNE) | OPTIONS_WAYS | OPTION_BIT(OPT_COVERAGE) |
               OPTIONS_SOURCES | OPTIONS_TARGET | OPTIONS_WIRE |
               OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "show what apply would change, write nothing",
    .details =
        "Reads the live table and shows every setting, index and item that apply "
        "would\n"
        "add (+), change (~) or remove (-), items attribute by attribute. Items of "
        "ours\n"
        "that nothing declares any more are deleted only with --prune. Items that "
        "others\n"
        "made are never shown; what others changed in items of ours is counted, and "
        "shown\n"
        "with --theirs (=). What they and the declaration both changed, to different\n"
        "values, is a conflict (!).\n"
        "\n"
        "With --against nothing is connected to: the table and all items of an "
        "earlier\n"
        "build take the live ones' place, or those of the same files at a git "
        "revision.\n"
        "Handles come from a file or the lock.\n"
        "\n"
        "With --coverage all of the live table is scanned, and its items are counted: "
        "by\n"
        "entity, and those of none by how their keys begin.\n"
        "\n"
        "With --save-plan the plan is kept, and `ddbgen apply --plan` does just that.\n"
        "\n"
        "The exit code is 0 when nothing differs, 1 when something does, and 4 when a\n"
        "change is impossible in place. What others changed is no difference, unless\n"
        "--theirs is given; a conflict is one.",
    .examples = "  ddbgen diff schemas/messages.yaml\n"
                "  ddbgen diff schemas/messages.yaml --format json\n"
                "  ddbgen diff schemas/messages.yaml --against git:origin/main\n"
                "  ddbgen diff schemas/messages.yaml --format markdown > comment.md\n",
    .check = check,
    .run = run,
};
