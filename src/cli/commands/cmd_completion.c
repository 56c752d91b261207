// ddbgen completion: a script that a shell reads.
#include "commands.h"
#include "completion_scripts.h"

#include <string.h>

static void run(struct ddb *ddb, const struct options *options)
{
    (void)ddb;
    for (size_t i = 0; completion_shells[i] != NULL; i++) {
        if (strcmp(completion_shells[i], options->operands.at[0]) == 0) {
            completion_print(stdout, options->commands, i);
        }
    }
}

const struct command cmd_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .min_operands = 1,
    .max_operands = 1,
    .words = completion_shells,
    .summary = "print a shell's completion script",
    .details =
        "Prints a script by which a shell completes commands, options and values.",
    .examples = "  source <(ddbgen completion bash)\n"
                "  ddbgen completion zsh > \"${fpath[1]}/_ddbgen\"\n"
                "  ddbgen completion fish > ~/.config/fish/completions/ddbgen.fish\n",
    .run = run,
};
