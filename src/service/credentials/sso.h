// IAM Identity Center: what `aws sso login` left behind becomes credentials of a role.
#ifndef DDB_SERVICE_SSO_H
#define DDB_SERVICE_SSO_H

#include "chain.h"
#include "provided.h"

// The cached token, refreshed and written back where it is about to expire and the cache
// has what that takes; then GetRoleCredentials. False: diagnosed with the command that
// mends it, or interrupted.
__attribute__((warn_unused_result)) bool sso_fetch(struct fetched *out,
                                                   const struct origin *origin,
                                                   const struct provider *provider);

#endif
