// ddbgen version, and --version.
#include "commands.h"

#include <stdio.h>

static void run(struct ddb *ddb, const struct options *options)
{
    (void)ddb;
    (void)options;
    (void)puts("ddbgen " DDBGEN_VERSION);
}

const struct command cmd_version = {
    .name = "version",
    .operands = "",
    .summary = "print the version",
    .details = "Prints the version, as `ddbgen --version` does.",
    .examples = "  ddbgen version\n",
    .run = run,
};
