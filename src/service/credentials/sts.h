// AWS STS: roles that are assumed, and whose credentials these are.
#ifndef DDB_SERVICE_STS_H
#define DDB_SERVICE_STS_H

#include "chain.h"
#include "provided.h"

// ORIGIN_ROLE: base has been asked for. ORIGIN_WEB_IDENTITY: the token's file is read
// anew, and nothing is signed. False: diagnosed, or interrupted.
__attribute__((warn_unused_result)) bool
sts_assume_role(struct fetched *out, const struct origin *origin,
                const struct credentials *base, const struct provider *provider);
__attribute__((warn_unused_result)) bool
sts_assume_role_with_web_identity(struct fetched *out, const struct origin *origin,
                                  const struct provider *provider);

struct sts_identity {
    struct str account_id; // 12 digits
    struct str arn;
};

// GetCallerIdentity, signed with keys. Texts in provider->diags' arena.
__attribute__((warn_unused_result)) bool
sts_get_caller_identity(struct sts_identity *out, const struct credentials *keys,
                        const struct provider *provider);

#endif
