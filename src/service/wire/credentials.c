// Credentials for a target. Enters: the target and three environment variables. Leaves:
// credentials that may stand in a header. Values never appear in a diagnostic, only the
// names of variables (D119).
#include "credentials.h"

#include <stdlib.h>

static const struct span NOWHERE;

static struct str env(const char *name)
{
    return str_trim(str_from(getenv(name)));
}

// Visible ASCII only: a line break would begin another header.
static bool is_header_safe(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '!' || value.at[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool refuse_missing(const struct target *target, struct str id,
                           struct str secret, struct diags *diags)
{
    struct diag *diag = NULL;
    if (id.len == 0 && secret.len == 0) {
        diag = diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "no credentials for %.*s",
                        STR_ARG(target->endpoint_url));
    } else {
        diag =
            diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                     "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set");
    }
    diag_help(
        diags, diag,
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), "
        "for example with `eval \"$(aws configure export-credentials --format env)\"` "
        "(AWS CLI v2)");
    return false;
}

// A signature is good for one request, a session token for all: neither goes where
// only a file says.
static bool refuse_named_by_file(const struct target *target, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_ENDPOINT_IN_FILE, NOWHERE,
                 "credentials are not sent to %.*s, which only ddbgen.yaml names",
                 STR_ARG(target->host));
    diag_help(
        diags, diag,
        "if it is meant, give --endpoint-url=%.*s, or let ddbgen.yaml take it from "
        "the environment: endpoint_url: ${env.NAME}",
        STR_ARG(target->endpoint_url));
    return false;
}

bool credentials_read(struct credentials *out, const struct target *target,
                      struct arena *arena, struct diags *diags)
{
    *out = (struct credentials){0};
    if (!target->https) {
        out->access_key_id = STR(CREDENTIALS_DUMMY_KEY);
        out->secret_access_key = STR(CREDENTIALS_DUMMY_KEY);
        return true;
    }
    if (target->named_by_file) {
        return refuse_named_by_file(target, diags);
    }
    if (target->profile.len > 0) {
        // D102: a profile that was named switches the environment's keys off, and
        // taking them all the same could write to another account.
        struct diag *diag = diag_add(
            diags, DIAG_CREDENTIALS, NOWHERE, "%s %s cannot be read yet",
            target->profile_hidden ? "the target's" : "profile",
            target->profile_hidden ? "profile" : diag_quote(diags, target->profile));
        diag_help(diags, diag,
                  "leave the profile out, and export its credentials: "
                  "`eval \"$(aws configure export-credentials --profile NAME "
                  "--format env)\"` (AWS CLI v2)");
        return false;
    }
    struct str id = env("AWS_ACCESS_KEY_ID");
    struct str secret = env("AWS_SECRET_ACCESS_KEY");
    struct str token = env("AWS_SESSION_TOKEN");
    if (id.len == 0 || secret.len == 0) {
        return refuse_missing(target, id, secret, diags);
    }
    if (!is_header_safe(id) || !is_header_safe(secret) || !is_header_safe(token)) {
        struct diag *diag =
            diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                     "the credentials hold blanks or characters that no key has");
        diag_help(
            diags, diag,
            "look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN");
        return false;
    }
    out->access_key_id = arena_str(arena, id);
    out->secret_access_key = arena_str(arena, secret);
    out->session_token = arena_str(arena, token);
    return true;
}
