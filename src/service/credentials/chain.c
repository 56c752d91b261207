// The chain of the SDKs. In: a profile, the environment. Out: the first source that has
// something to say, or a diagnostic when what it says cannot be right.
#include "chain.h"

#include "ascii.h"
#include "machine_source.h"
#include "profile_source.h"
#include "provided.h"

#include <stdlib.h>

static const struct span NOWHERE;

static struct str env(const char *name)
{
    return str_trim(str_from(getenv(name)));
}

struct chain_env chain_env_read(void)
{
    struct str token = env("AWS_SECURITY_TOKEN"); // its older name goes first
    struct str disabled = env("AWS_EC2_METADATA_DISABLED");
    return (struct chain_env){
        .access_key_id = env("AWS_ACCESS_KEY_ID"),
        .secret_access_key = env("AWS_SECRET_ACCESS_KEY"),
        .session_token = token.len > 0 ? token : env("AWS_SESSION_TOKEN"),
        .expiration = env("AWS_CREDENTIAL_EXPIRATION"),
        .token_file = env("AWS_WEB_IDENTITY_TOKEN_FILE"),
        .role_arn = env("AWS_ROLE_ARN"),
        .role_session_name = env("AWS_ROLE_SESSION_NAME"),
        .relative_uri = env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        .full_uri = env("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
        .no_metadata = disabled.len == 4 && ascii_lower(disabled.at[0]) == 't' &&
                       ascii_lower(disabled.at[1]) == 'r' &&
                       ascii_lower(disabled.at[2]) == 'u' &&
                       ascii_lower(disabled.at[3]) == 'e',
    };
}

static void note(struct chain *chain, const char *text)
{
    if (chain->note_count < CHAIN_NOTES_MAX) {
        chain->notes[chain->note_count++] = text;
    }
}

// ---- sources of the environment

// D118. *out stays NULL when there are no keys.
static bool find_keys(const struct origin **out, const struct chain_env *env,
                      struct arena *arena, struct diags *diags)
{
    if (env->access_key_id.len == 0 && env->secret_access_key.len == 0) {
        return true;
    }
    if (env->access_key_id.len == 0 || env->secret_access_key.len == 0) {
        return provided_half_pair("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", diags);
    }
    struct origin *source = arena_alloc(arena, sizeof *source);
    *source = (struct origin){.kind = ORIGIN_ENVIRONMENT,
                              .access_key_id = env->access_key_id,
                              .secret_access_key = env->secret_access_key,
                              .session_token = env->session_token,
                              .expiration = env->expiration};
    *out = source;
    return true;
}

static bool find_web_identity(const struct origin **out, const struct chain_env *env,
                              const struct aws_profile *profile, struct arena *arena,
                              struct diags *diags)
{
    if (env->token_file.len == 0) {
        return true;
    }
    struct origin *source = arena_alloc(arena, sizeof *source);
    *source = (struct origin){.kind = ORIGIN_WEB_IDENTITY,
                              .role_arn = env->role_arn,
                              .role_session_name = env->role_session_name,
                              .token_file = env->token_file};
    if (source->role_arn.len == 0) { // as the SDKs complete it
        source->role_arn =
            aws_config_get(profile->config, profile->name, "role_arn").text;
    }
    if (source->role_arn.len == 0) {
        struct diag *diag = diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                                     "AWS_WEB_IDENTITY_TOKEN_FILE is set, and no role "
                                     "to assume with it");
        diag_help(diags, diag, "name the role in AWS_ROLE_ARN");
        return false;
    }
    *out = source;
    return true;
}

// ---- the order

static void note_skipped(struct chain *out, const struct aws_profile *profile,
                         const struct chain_env *env, struct arena *arena)
{
    bool used = out->source != NULL;
    if (profile->given && (env->access_key_id.len > 0 || env->token_file.len > 0)) {
        note(out,
             arena_printf(arena, "%s: %s names a profile",
                          env->access_key_id.len > 0 ? "AWS_ACCESS_KEY_ID"
                                                     : "AWS_WEB_IDENTITY_TOKEN_FILE",
                          profile->from)
                 .at);
    }
    if (used && !profile->given && profile->from != NULL &&
        out->source->profile.len == 0) {
        note(out,
             arena_printf(arena, "%s: it gives no credentials that go before these",
                          profile->from)
                 .at);
    }
    if (used && out->source->kind == ORIGIN_ENVIRONMENT && env->token_file.len > 0) {
        note(out, "AWS_WEB_IDENTITY_TOKEN_FILE: keys go before it");
    }
    if (used && out->source->kind < ORIGIN_CONTAINER &&
        (env->relative_uri.len > 0 || env->full_uri.len > 0)) {
        note(out, "the container's role: it comes later");
    }
}

bool chain_decide(struct chain *out, const struct aws_profile *profile,
                  const struct chain_env *env, struct arena *arena, struct diags *diags)
{
    *out = (struct chain){0};
    if (!aws_profile_check(profile, diags)) {
        return false;
    }
    bool good = profile->given || find_keys(&out->source, env, arena, diags);
    if (good && !profile->given && out->source == NULL) {
        good = find_web_identity(&out->source, env, profile, arena, diags);
    }
    if (good && out->source == NULL) {
        good = profile_source_find(&out->source, profile, env, arena, diags);
    }
    if (!good) {
        return false;
    }
    if (out->source == NULL) {
        out->source = machine_container(env, arena);
    }
    if (out->source == NULL) {
        out->source = machine_metadata(env, arena);
    }
    note_skipped(out, profile, env, arena);
    return true;
}

// ---- in words

static const char *const WORDS[] = {
    [ORIGIN_ENVIRONMENT] = "environment",
    [ORIGIN_WEB_IDENTITY] = "web-identity",
    [ORIGIN_KEYS] = "profile",
    [ORIGIN_ROLE] = "role",
    [ORIGIN_SSO] = "sso",
    [ORIGIN_PROCESS] = "process",
    [ORIGIN_LOGIN] = "login",
    [ORIGIN_CONTAINER] = "container",
    [ORIGIN_IMDS] = "imds",
    [ORIGIN_AWS_CLI] = "aws-cli",
};

static struct str profile_words(const struct origin *source, struct arena *arena)
{
    if (source->hidden) {
        return STR("the target's profile");
    }
    return source->profile.len > 0
               ? arena_printf(arena, "profile %.*s", STR_ARG(source->profile))
               : STR("the environment");
}

struct str origin_words(const struct origin *source, struct arena *arena)
{
    const char *word = WORDS[source->kind];
    struct str profile = profile_words(source, arena);
    switch (source->kind) {
    case ORIGIN_KEYS:
        return source->hidden ? arena_printf(arena, "profile of the target (%.*s)",
                                             STR_ARG(source->file->shown))
                              : arena_printf(arena, "%.*s (%.*s)", STR_ARG(profile),
                                             STR_ARG(source->file->shown));
    case ORIGIN_WEB_IDENTITY:
        return arena_printf(arena, "%s, role %.*s of %.*s", word,
                            STR_ARG(source->role_arn), STR_ARG(profile));
    case ORIGIN_ROLE: {
        struct str base = origin_words(source->base, arena);
        return arena_printf(arena, "%s %.*s of %.*s, assumed by: %.*s", word,
                            STR_ARG(source->role_arn), STR_ARG(profile), STR_ARG(base));
    }
    case ORIGIN_SSO:
        return arena_printf(arena, "%s %.*s, %.*s in account %.*s (%.*s)", word,
                            STR_ARG(source->sso_session.len > 0
                                        ? source->sso_session
                                        : source->sso_start_url),
                            STR_ARG(source->sso_role_name),
                            STR_ARG(source->sso_account_id), STR_ARG(profile));
    case ORIGIN_PROCESS:
    case ORIGIN_LOGIN:
    case ORIGIN_AWS_CLI:
        return arena_printf(arena, "%s of %.*s", word, STR_ARG(profile));
    case ORIGIN_ENVIRONMENT:
    case ORIGIN_CONTAINER:
    case ORIGIN_IMDS:
        break;
    }
    return str_from(word);
}
