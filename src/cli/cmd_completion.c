// ddbgen completion: a script that a shell reads.
#include "command.h"
#include "completion_scripts.h"

#include <string.h>

static const struct completion_shell *find_shell(const char *name)
{
    for (size_t i = 0; completion_shells[i].name != NULL; i++) {
        if (strcmp(completion_shells[i].name, name) == 0) {
            return &completion_shells[i];
        }
    }
    return NULL;
}

static void check(struct options *options)
{
    if (options->operands.count > 0 && find_shell(options->operands.at[0]) == NULL) {
        options_mistake(options, "no completion for the shell %s",
                        QUOTE(options->operands.at[0]));
        options_hint(options, "known: bash, zsh, fish");
    }
}

static void run(struct ddb *ddb, const struct options *options)
{
    (void)ddb;
    const struct completion_shell *shell = find_shell(options->operands.at[0]);
    if (shell != NULL) { // check() saw to it
        shell->print(stdout);
    }
}

const struct command cmd_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .min_operands = 1,
    .max_operands = 1,
    .summary = "print a shell's completion script",
    .details =
        "Prints a script by which a shell completes commands, options and values.",
    .examples = "  source <(ddbgen completion bash)\n"
                "  ddbgen completion zsh > \"${fpath[1]}/_ddbgen\"\n"
                "  ddbgen completion fish > ~/.config/fish/completions/ddbgen.fish\n",
    .check = check,
    .run = run,
};
