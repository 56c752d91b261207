// Which source of credentials a run uses, decided before anything is asked. Pure: the
// configuration and the environment's values enter, a source leaves.
//
// The order is the SDKs': the environment's keys; its web identity; the profile; a
// container's role; an instance's. A profile that was given (--profile, a target's)
// goes before the environment, one that only AWS_PROFILE names does not. Within a
// profile: a role, a web identity, SSO, keys of the credentials file, a log-in, a
// process, keys of the config file.
#ifndef DDB_SERVICE_CHAIN_H
#define DDB_SERVICE_CHAIN_H

#include "arena.h"
#include "aws_profile.h"
#include "diag.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

#define CHAIN_NOTES_MAX 8

enum origin_kind {
    ORIGIN_ENVIRONMENT,
    ORIGIN_WEB_IDENTITY,
    ORIGIN_KEYS, // of a profile
    ORIGIN_ROLE,
    ORIGIN_SSO,
    ORIGIN_PROCESS,
    ORIGIN_LOGIN,
    ORIGIN_CONTAINER,
    ORIGIN_IMDS,
    ORIGIN_AWS_CLI,
};

// Members of other kinds are empty. Texts are borrowed from configuration and
// environment.
struct origin {
    enum origin_kind kind;
    struct str profile; // empty: none
    bool hidden;        // its name came from a variable of a file's choice: not shown
    // ORIGIN_KEYS, ORIGIN_ENVIRONMENT
    struct str access_key_id;
    struct str secret_access_key;
    struct str session_token;
    struct str expiration; // of the environment's, or empty
    const struct aws_file *file;
    // ORIGIN_ROLE, ORIGIN_WEB_IDENTITY
    struct str role_arn;
    struct str role_session_name;
    struct str external_id;
    struct str duration_seconds;
    struct str token_file;
    const struct origin *base; // whose credentials assume the role
    // ORIGIN_SSO
    struct str sso_session;
    struct str sso_start_url;
    struct str sso_region;
    struct str sso_account_id;
    struct str sso_role_name;
    // the others
    struct aws_value command;
    struct str login_session;
    struct str url;  // of a container, whole
    const char *why; // the AWS CLI is needed for it: "an MFA code"
};

// What the environment says about credentials; empty: nothing.
struct chain_env {
    struct str access_key_id;
    struct str secret_access_key;
    struct str session_token;
    struct str expiration;
    struct str token_file;
    struct str role_arn;
    struct str role_session_name;
    struct str relative_uri;
    struct str full_uri;
    bool no_metadata; // AWS_EC2_METADATA_DISABLED
};

struct chain {
    const struct origin *source;        // NULL: there is none
    const char *notes[CHAIN_NOTES_MAX]; // what was passed over, and why
    size_t note_count;
};

// The process's own. Borrowed from it.
struct chain_env chain_env_read(void);

// False (DIAG_CREDENTIALS, DIAG_AWS_CONFIG): half a pair of keys, a role without a
// source, a loop of roles, a section that is missing.
__attribute__((warn_unused_result)) bool
chain_decide(struct chain *out, const struct aws_profile *profile,
             const struct chain_env *env, struct arena *arena, struct diags *diags);

// "role arn:aws:iam::1:role/x of profile 'x', from profile 'base'"; begins with a word
// for the kind. In arena.
struct str origin_words(const struct origin *source, struct arena *arena);

#endif
