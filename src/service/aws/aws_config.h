// The user's AWS configuration: ~/.aws/config (or AWS_CONFIG_FILE) and
// ~/.aws/credentials (or AWS_SHARED_CREDENTIALS_FILE), read together.
//
// A profile is `[profile NAME]` of the one (`[default]` needs no word before it) and
// `[NAME]` of the other; of a key in both the credentials file's value counts. A file
// that is not there has no profiles.
#ifndef DDB_SERVICE_AWS_CONFIG_H
#define DDB_SERVICE_AWS_CONFIG_H

#include "arena.h"
#include "diag.h"
#include "ini_read.h"
#include "str.h"

#include <stdbool.h>

struct aws_file {
    struct str path;       // as it is opened
    struct str shown;      // for people, "~" for the user's home
    bool found;            // there is such a file
    struct ini ini;        // empty unless it was found
    const char *untrusted; // why others may have written it, or NULL
};

struct aws_config {
    struct aws_file config;
    struct aws_file credentials;
};

// A profile's value: empty when it has none.
struct aws_value {
    struct str text;
    const struct aws_file *file; // where it stands; NULL: nowhere
};

// Secrets may be in it: wipe the arena. False (DIAG_AWS_CONFIG): a file cannot be read.
__attribute__((warn_unused_result)) bool
aws_config_read(struct aws_config *out, struct arena *arena, struct diags *diags);

bool aws_config_has_profile(const struct aws_config *config, struct str profile);
// Keys of a profile, in the order of the config file, then of the other one.
struct aws_value aws_config_get(const struct aws_config *config, struct str profile,
                                const char *key);
// The value in one of the two files alone; both of a pair of keys have to be of one file.
struct aws_value aws_file_get(const struct aws_config *config,
                              const struct aws_file *file, struct str profile,
                              const char *key);
// A key of [sso-session NAME]; *found says whether there is such a section.
struct aws_value aws_config_get_session(const struct aws_config *config,
                                        struct str session, const char *key,
                                        bool *found);
// `endpoint_url` below a service ("dynamodb") of [services NAME].
struct aws_value aws_config_get_service(const struct aws_config *config,
                                        struct str services, const char *service,
                                        bool *found);
// The sections of a profile, for those who look at all of its keys; NULL when missing.
const struct ini_section *aws_file_section(const struct aws_config *config,
                                           const struct aws_file *file,
                                           struct str profile);

// A path of the environment or of a profile: "~/" is the user's home. In arena.
struct str aws_path(struct str path, struct arena *arena);
// The user's home folder, empty when nobody knows it.
struct str aws_home(void);

#endif
