// Hosts of AWS, from tables. A region enters, a url leaves.
#include "partition.h"

const struct partition PARTITIONS[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"aws", "", "amazonaws.com", "api.aws"}, // the last one: of all others
};
const size_t PARTITION_COUNT = sizeof PARTITIONS / sizeof PARTITIONS[0];

static const struct {
    const char *host;
    bool plain_in_gov; // there FIPS is what the usual host speaks anyway
    const char *variable;
    const char *key;
} SERVICES[] = {
    [AWS_DYNAMODB] = {"dynamodb", true, "AWS_ENDPOINT_URL_DYNAMODB", "dynamodb"},
    [AWS_KMS] = {"kms", false, "AWS_ENDPOINT_URL_KMS", "kms"},
    [AWS_STS] = {"sts", true, "AWS_ENDPOINT_URL_STS", "sts"},
    [AWS_SSO] = {"portal.sso", true, "AWS_ENDPOINT_URL_SSO", "sso"},
    [AWS_SSO_OIDC] = {"oidc", true, "AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc"},
    [AWS_SIGNIN] = {"signin", false, "AWS_ENDPOINT_URL_SIGNIN", "signin"},
};

const struct partition *partition_of(struct str region)
{
    const struct partition *partition = PARTITIONS;
    while (!str_starts(region, str_from(partition->region))) {
        partition++;
    }
    return partition;
}

// The log-in's hosts are named in their own way.
static const char *signin_suffix(const struct partition *partition)
{
    static const char *const SUFFIXES[][2] = {
        {"aws", "signin.aws.amazon.com"},
        {"aws-cn", "signin.amazonaws.cn"},
        {"aws-us-gov", "signin.amazonaws-us-gov.com"},
    };
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof SUFFIXES[0]; i++) {
        if (str_is(str_from(SUFFIXES[i][0]), partition->name)) {
            return SUFFIXES[i][1];
        }
    }
    return NULL;
}

struct str partition_url(enum aws_service service, struct str region,
                         struct endpoint_kind kind, struct arena *arena)
{
    const struct partition *partition = partition_of(region);
    const char *signin = signin_suffix(partition);
    if (service == AWS_SIGNIN && signin != NULL && !kind.fips && !kind.dualstack) {
        return arena_printf(arena, "https://%.*s.%s", STR_ARG(region), signin);
    }
    bool gov = str_is(str_from(partition->name), "aws-us-gov") && !kind.dualstack;
    bool marked = kind.fips && !(gov && SERVICES[service].plain_in_gov);
    return arena_printf(arena, "https://%s%s.%.*s.%s", SERVICES[service].host,
                        marked ? "-fips" : "", STR_ARG(region),
                        kind.dualstack ? partition->dual : partition->suffix);
}

const char *partition_variable(enum aws_service service)
{
    return SERVICES[service].variable;
}

const char *partition_service_key(enum aws_service service)
{
    return SERVICES[service].key;
}
