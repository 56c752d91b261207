// From a source of credentials to credentials: what each kind takes to be asked.
#ifndef DDB_SERVICE_PROVIDER_H
#define DDB_SERVICE_PROVIDER_H

#include "chain.h"
#include "diag.h"
#include "provided.h"

#include <stdbool.h>

// False: diagnosed (DIAG_CREDENTIALS with what helps), or interrupted.
__attribute__((warn_unused_result)) bool
provider_fetch(struct fetched *out, const struct origin *source,
               const struct provider *provider);

// Keys that may stand in a header: visible ASCII, some kilobytes at most. False
// (DIAG_CREDENTIALS).
__attribute__((warn_unused_result)) bool
provider_check_keys(const struct fetched *fetched, const char *whose,
                    struct diags *diags);
// Keeps the texts beyond where they were read: copies in provider->secrets.
void provider_keep(struct fetched *fetched, const struct provider *provider);

#endif
