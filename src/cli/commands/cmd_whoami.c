// ddbgen whoami: where requests would go, and whose they would be.
#include "commands.h"

static void run(struct ddb *ddb, const struct options *options)
{
    (void)options;
    ddb_whoami(ddb);
}

const struct command cmd_whoami = {
    .name = "whoami",
    .operands = "",
    .options = (OPTIONS_TARGET & ~OPTION_BIT(OPT_WAIT)) | OPTION_BIT(OPT_FORMAT) |
               OPTION_BIT(OPT_COLOR),
    .summary = "print the endpoint, the account and the credentials in use",
    .details =
        "Prints which endpoint and region a command would talk to, with which "
        "credentials and as whom, where each of these comes from, and what was "
        "passed over. No secrets are printed. Of the real service, and where "
        "AWS_ENDPOINT_URL_STS or the profile names one, STS says which account it "
        "is. With --format json one object.",
    .examples = "  ddbgen whoami\n"
                "  ddbgen whoami --target prod --format json\n",
    .run = run,
};
