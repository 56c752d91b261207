// The profile of a run, and what it says beside credentials: region, endpoints, which
// kind of endpoint. The environment goes before it, as in the SDKs.
#ifndef DDB_SERVICE_AWS_PROFILE_H
#define DDB_SERVICE_AWS_PROFILE_H

#include "arena.h"
#include "aws_config.h"
#include "diag.h"
#include "partition.h"
#include "str.h"

#include <stdbool.h>

#define AWS_PROFILE_DEFAULT "default"

struct aws_profile {
    const struct aws_config *config;
    struct str name;  // "default" when nobody names one
    const char *from; // "AWS_PROFILE", ...; NULL: nobody
    bool
        given; // by the command line or a target: it goes before the environment's keys
    bool hidden; // its name came from a variable of a file's choice: never shown
};

// `given` is empty when neither the command line nor a target names a profile.
struct aws_profile aws_profile_choose(const struct aws_config *config,
                                      struct str given);
// Whether the environment names that profile, too.
bool aws_profile_is_usual(const struct aws_profile *profile);
// "profile 'x'", or "the target's profile". In arena.
const char *aws_profile_words(const struct aws_profile *profile, struct diags *diags);
// False (DIAG_CREDENTIALS, with the nearest name): the profile was named, and there is
// none.
__attribute__((warn_unused_result)) bool
aws_profile_check(const struct aws_profile *profile, struct diags *diags);

// A setting of the environment, else of the profile; empty without one. *from says who
// ("AWS_CA_BUNDLE", "ca_bundle of profile 'x'").
struct str aws_setting(const struct aws_profile *profile, const char *variable,
                       const char *key);
// Whether that says "true".
bool aws_setting_is_on(const struct aws_profile *profile, const char *variable,
                       const char *key);
// FIPS, dual stack.
struct endpoint_kind aws_endpoint_kind(const struct aws_profile *profile);

// The endpoint that the profile names for a service: of its `services` section, else its
// endpoint_url. Empty: it names none, or configured endpoints are to be ignored. *from
// says where, in diags' arena. False (DIAG_AWS_CONFIG): the section is missing, or the
// file may be written by others, who must not decide where credentials go.
__attribute__((warn_unused_result)) bool
aws_profile_endpoint(struct str *url, const char **from,
                     const struct aws_profile *profile, enum aws_service service,
                     struct diags *diags);
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, also for AWS_ENDPOINT_URL and its like.
bool aws_ignores_endpoints(const struct aws_profile *profile);

// False (DIAG_AWS_CONFIG): others may have written the file in which the value stands;
// `what` it decides: "a program to run".
__attribute__((warn_unused_result)) bool
aws_value_trust(const struct aws_value *value, const char *what, struct diags *diags);

#endif
