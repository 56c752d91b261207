// The source of credentials that a profile is, or nothing.
#ifndef DDB_SERVICE_PROFILE_SOURCE_H
#define DDB_SERVICE_PROFILE_SOURCE_H

#include "chain.h"

// *out stays NULL when the profile says nothing about credentials. False: as
// chain_decide.
__attribute__((warn_unused_result)) bool
profile_source_find(const struct origin **out, const struct aws_profile *profile,
                    const struct chain_env *env, struct arena *arena,
                    struct diags *diags);

#endif
