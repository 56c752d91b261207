// ddbgen apply: the table and its items, in DynamoDB.
#include "commands.h"

// What a saved plan was made with counts; it takes no more than where it goes.
static void check_plan(struct options *options)
{
    static const enum option_id OTHERS[] = {
        OPT_DRY_RUN, OPT_SAVE_PLAN, OPT_PRUNE,       OPT_OVERWRITE,  OPT_WAS,
        OPT_THEIRS,  OPT_RESTORE,   OPT_KEEP_THEIRS, OPT_RESEND,     OPT_HANDLES,
        OPT_NOW,     OPT_LOCK,      OPT_LOCKED,      OPT_UPDATE_LOCK};
    if (options->operands.count > 0) {
        options_mistake(options, "'--plan' takes no FILE beside its own");
        options_hint(options, "what was compiled is in the plan");
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        if (options->given[OTHERS[i]]) {
            options_mistake(options, "options '--plan' and '--%s' exclude each other",
                            option_row_get(OTHERS[i])->name);
        }
    }
}

// It puts without looking, so nothing can be said of what is there.
static void check_overwrite(struct options *options)
{
    static const enum option_id OTHERS[] = {OPT_DRY_RUN, OPT_PRUNE,   OPT_WAS,
                                            OPT_THEIRS,  OPT_RESTORE, OPT_KEEP_THEIRS};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        if (options->given[OTHERS[i]]) {
            options_mistake(options,
                            "options '--overwrite' and '--%s' exclude each other",
                            option_row_get(OTHERS[i])->name);
            options_hint(options,
                         "with --overwrite nobody looks at the items that are there");
        }
    }
}

static void check(struct options *options)
{
    options_check_detail(options);
    options_check_ways(options);
    if (options->plan != NULL) {
        check_plan(options);
    } else if (options->save_plan != NULL && !options->dry_run) {
        options_mistake(options, "'--save-plan' needs '--dry-run'");
        options_hint(options, "the plan is made now and applied later: apply --plan");
    } else if (options->save_plan != NULL && options->given[OPT_RESEND]) {
        options_mistake(options,
                        "options '--save-plan' and '--resend' exclude each other");
        options_hint(options, "a saved plan holds what differs");
    } else if (options->save_plan != NULL && options->overwrite) {
        options_mistake(options,
                        "options '--save-plan' and '--overwrite' exclude each other");
        options_hint(options, "a plan says what it saw of each item");
    } else if (options->overwrite) {
        check_overwrite(options);
    }
}

static void run(struct ddb *ddb, const struct options *options)
{
    struct ddb_apply_options apply = {
        .ways = options_ways(options),
        .unconditional = options->unconditional,
        .plan = options->plan,
        .prune = options->prune,
        .overwrite = options->overwrite,
        .resend_sse = options->given[OPT_RESEND],
    };
    struct ddb_diff_options diff = {
        .ways = options_ways(options),
        .prune = options->prune,
        .save_plan = options->save_plan,
        .resend_sse = options->given[OPT_RESEND],
    };
    if (options->dry_run) {
        ddb_diff(ddb, &diff);
    } else {
        ddb_apply(ddb, &apply);
    }
}

const struct command cmd_apply = {
    .name = "apply",
    .operands = "FILE...",
    .min_operands = 1,
    .max_operands = OPERANDS_ANY,
    .takes_files = true,
    .plan = "apply --dry-run",
    .options = OPTION_BIT(OPT_PLAN) | OPTION_BIT(OPT_SAVE_PLAN) |
               OPTION_BIT(OPT_DRY_RUN) | OPTIONS_DETAIL | OPTION_BIT(OPT_PRUNE) |
               OPTION_BIT(OPT_OVERWRITE) | OPTION_BIT(OPT_WAIT_TIMEOUT) | OPTIONS_WAYS |
               OPTION_BIT(OPT_UNCONDITIONAL) | OPTION_BIT(OPT_RESEND) |
               OPTIONS_SOURCES | OPTION_BIT(OPT_UPDATE_LOCK) | OPTIONS_TARGET |
               OPTIONS_WIRE | OPTION_BIT(OPT_RATE) | OPTION_BIT(OPT_YES) |
               OPTION_BIT(OPT_STRICT) | OPTION_BIT(OPT_FORMAT) | OPTION_BIT(OPT_COLOR),
    .summary = "make the table and its items as declared",
    .details =
        "Looks at the table and its items, prints what differs as `ddbgen diff` does, "
        "and\n"
        "makes it so: creates the table or changes it, call by call, waits until it "
        "and\n"
        "its indexes are ready, and writes the items that differ, resending what "
        "DynamoDB\n"
        "did not process until nothing is left. A second run changes nothing. "
        "Everything\n"
        "is checked before anything is sent.\n"
        "\n"
        "Items that others made in the same table are never touched. Items of ours "
        "that\n"
        "nothing declares any more stay, unless --prune is given. What others changed "
        "in\n"
        "items of ours stays as well, where it is known what was applied before: by "
        "the\n"
        "ledger, or --was. --restore makes it as declared again. Where others and the\n"
        "declaration changed the same, nothing is done until --restore or "
        "--keep-theirs\n"
        "says what is to be.\n"
        "\n"
        "What cannot be changed in place (keys, local indexes) is refused. Writing to "
        "a\n"
        "protected target (https, `aws`, or marked so in ddbgen.yaml) asks for its "
        "name\n"
        "after the plan was shown; elsewhere a change that loses something (an index,\n"
        "backups, a value that may be somebody else's) asks for `yes`, or takes a "
        "bare\n"
        "--yes.\n"
        "\n"
        "With --plan a plan that was saved by --save-plan is carried out, without "
        "its\n"
        "FILEs, if nothing that it is about changed in between.",
    .examples = "  ddbgen apply schemas/messages.yaml\n"
                "  ddbgen apply schemas/messages.yaml --dry-run\n"
                "  ddbgen apply schemas/messages.yaml --handles fixtures/users.yaml\n"
                "  ddbgen apply schemas/messages.yaml --target prod --yes=prod\n"
                "  ddbgen apply schemas/messages.yaml --was git:HEAD~1 --dry-run\n"
                "  ddbgen apply --plan plan.ndjson --target prod --yes=prod\n",
    .check = check,
    .run = run,
};
