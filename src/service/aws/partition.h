// AWS's partitions, and where a service of one of their regions is (D145 to D149).
#ifndef DDB_SERVICE_PARTITION_H
#define DDB_SERVICE_PARTITION_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>

struct partition {
    const char *name;   // "aws-us-gov"
    const char *region; // its regions begin with it; "": all others
    const char *suffix; // of its hosts: "amazonaws.com"
    const char *dual;   // of those that answer over IPv6, too
};

extern const struct partition PARTITIONS[];
extern const size_t PARTITION_COUNT;

const struct partition *partition_of(struct str region); // never NULL

enum aws_service {
    AWS_DYNAMODB,
    AWS_KMS,
    AWS_STS,
    AWS_SSO,
    AWS_SSO_OIDC,
    AWS_SIGNIN,
};

// Which of a service's endpoints.
struct endpoint_kind {
    bool fips;
    bool dualstack;
};

// "https://sts.eu-west-1.amazonaws.com". region is a host's label.
struct str partition_url(enum aws_service service, struct str region,
                         struct endpoint_kind kind, struct arena *arena);
// As in names of variables: AWS_ENDPOINT_URL_STS.
const char *partition_variable(enum aws_service service);
// As in sections `services`: "sso_oidc".
const char *partition_service_key(enum aws_service service);

#endif
