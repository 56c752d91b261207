// Credentials that the machine has: a container's (ECS, EKS) and an EC2 instance's.
#ifndef DDB_SERVICE_METADATA_H
#define DDB_SERVICE_METADATA_H

#include "chain.h"
#include "provided.h"

// ORIGIN_CONTAINER. Over plain http only this machine and the fixed addresses of ECS and
// EKS are asked; the token's file is read anew each time.
__attribute__((warn_unused_result)) bool
container_fetch(struct fetched *out, const struct origin *origin,
                const struct provider *provider);
// ORIGIN_IMDS, version 2 only. A second (AWS_METADATA_SERVICE_TIMEOUT) is waited for it.
__attribute__((warn_unused_result)) bool imds_fetch(struct fetched *out,
                                                    const struct origin *origin,
                                                    const struct provider *provider);

#endif
