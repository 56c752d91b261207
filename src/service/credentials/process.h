// credential_process, and the AWS CLI in the same manner: a program prints credentials.
#ifndef DDB_SERVICE_PROCESS_H
#define DDB_SERVICE_PROCESS_H

#include "chain.h"
#include "provided.h"

// The command's words are those of a shell without a shell: blanks, quotes, backslashes.
// Its program is named absolutely, or found in those folders of PATH that are absolute
// and no part of the checkout; it starts in the user's home folder. Its output is not
// shown, what it writes to standard error is.
__attribute__((warn_unused_result)) bool process_fetch(struct fetched *out,
                                                       const struct origin *origin,
                                                       const struct provider *provider);
// ORIGIN_AWS_CLI: `aws configure export-credentials`, of version 2.
__attribute__((warn_unused_result)) bool aws_cli_fetch(struct fetched *out,
                                                       const struct origin *origin,
                                                       const struct provider *provider);

#endif
