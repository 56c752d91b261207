// A profile's credentials. In: its keys, and those of the profiles that it leads to. Out:
// one source; a role's is a chain of them.
//
// What only the AWS CLI can do (ask for an MFA code, kinds of profiles that are newer
// than this) makes the whole profile a matter of the AWS CLI.
#include "profile_source.h"

#include "machine_source.h"
#include "provided.h"

#include <string.h>

#define ROLES_MAX 16

static const struct span NOWHERE;

struct walk {
    const struct aws_profile *top;
    const struct aws_config *config;
    const struct chain_env *env;
    struct arena *arena;
    struct diags *diags;
    struct str visited[ROLES_MAX]; // profiles on the way
    size_t depth;
    const char *why_cli; // what the AWS CLI is needed for, or NULL
    bool failed;
};

static struct str get(const struct walk *walk, struct str profile, const char *key)
{
    return aws_config_get(walk->config, profile, key).text;
}

// "profile 'x'": the names of other profiles come from the user's own files.
static const char *words(const struct walk *walk, struct str profile)
{
    return str_eq(profile, walk->top->name)
               ? aws_profile_words(walk->top, walk->diags)
               : arena_printf(walk->diags->arena, "profile %s",
                              diag_quote(walk->diags, profile))
                     .at;
}

static const struct origin *fail(struct walk *walk, struct str profile, const char *why,
                                 const char *help)
{
    struct diag *diag = diag_add(walk->diags, DIAG_AWS_CONFIG, NOWHERE, "%s %s",
                                 words(walk, profile), why);
    diag_help(walk->diags, diag, "%s", help);
    walk->failed = true;
    return NULL;
}

static struct origin *origin_new(struct walk *walk, enum origin_kind kind,
                                 struct str profile)
{
    struct origin *source = arena_alloc(walk->arena, sizeof *source);
    source->kind = kind;
    source->hidden = walk->top->hidden && str_eq(profile, walk->top->name);
    source->profile = profile;
    return source;
}

// ---- the kinds, one by one; NULL: the profile is none of it

static const struct origin *find_keys(struct walk *walk, const struct aws_file *file,
                                      struct str profile)
{
    struct str id = aws_file_get(walk->config, file, profile, "aws_access_key_id").text;
    struct str secret =
        aws_file_get(walk->config, file, profile, "aws_secret_access_key").text;
    if (id.len == 0 && secret.len == 0) {
        return NULL;
    }
    if (id.len == 0 || secret.len == 0) {
        walk->failed = !provided_half_pair(
            arena_printf(walk->diags->arena,
                         "aws_access_key_id and aws_secret_access_key of %s in %.*s",
                         words(walk, profile), STR_ARG(file->shown))
                .at,
            walk->diags);
        return NULL;
    }
    struct origin *source = origin_new(walk, ORIGIN_KEYS, profile);
    source->access_key_id = id;
    source->secret_access_key = secret;
    source->session_token =
        aws_file_get(walk->config, file, profile, "aws_security_token").text;
    if (source->session_token.len == 0) {
        source->session_token =
            aws_file_get(walk->config, file, profile, "aws_session_token").text;
    }
    source->file = file;
    return source;
}

static const struct origin *find_credentials_keys(struct walk *walk, struct str profile)
{
    return find_keys(walk, &walk->config->credentials, profile);
}

static const struct origin *find_config_keys(struct walk *walk, struct str profile)
{
    return find_keys(walk, &walk->config->config, profile);
}

static const struct origin *find_web_identity(struct walk *walk, struct str profile)
{
    struct str token_file = get(walk, profile, "web_identity_token_file");
    if (token_file.len == 0) {
        return NULL;
    }
    struct origin *source = origin_new(walk, ORIGIN_WEB_IDENTITY, profile);
    source->token_file = token_file;
    source->role_arn = get(walk, profile, "role_arn");
    source->role_session_name = get(walk, profile, "role_session_name");
    return source->role_arn.len > 0
               ? source
               : fail(walk, profile, "has a web_identity_token_file, and no role_arn",
                      "name the role that the token stands for");
}

// What a session and a profile both say has to be the same.
static struct str session_get(struct walk *walk, const struct origin *source,
                              struct str profile, const char *key)
{
    struct str own = get(walk, profile, key);
    bool found = false;
    if (source->sso_session.len == 0) {
        return own;
    }
    struct str value =
        aws_config_get_session(walk->config, source->sso_session, key, &found).text;
    if (!walk->failed && !found) {
        (void)fail(walk, profile, "names an sso_session that is not there",
                   arena_printf(walk->diags->arena,
                                "it needs a section [sso-session %s]",
                                diag_quote(walk->diags, source->sso_session))
                       .at);
    } else if (!walk->failed && own.len > 0 && value.len > 0 && !str_eq(own, value)) {
        (void)fail(
            walk, profile, "and its sso_session disagree",
            arena_printf(walk->diags->arena, "%s has to be the same in both", key).at);
    }
    return value.len > 0 ? value : own;
}

static const struct origin *find_sso(struct walk *walk, struct str profile)
{
    struct origin *source = origin_new(walk, ORIGIN_SSO, profile);
    source->sso_account_id = get(walk, profile, "sso_account_id");
    source->sso_role_name = get(walk, profile, "sso_role_name");
    if (source->sso_account_id.len == 0 && source->sso_role_name.len == 0) {
        return NULL;
    }
    source->sso_session = get(walk, profile, "sso_session");
    source->sso_start_url = session_get(walk, source, profile, "sso_start_url");
    source->sso_region = session_get(walk, source, profile, "sso_region");
    if (walk->failed) {
        return NULL;
    }
    bool whole = source->sso_account_id.len > 0 && source->sso_role_name.len > 0 &&
                 source->sso_start_url.len > 0 && source->sso_region.len > 0;
    return whole ? source
                 : fail(walk, profile, "is for SSO, and not complete",
                        "it needs sso_account_id, sso_role_name, sso_start_url and "
                        "sso_region; `aws configure sso` writes them");
}

static const struct origin *find_login(struct walk *walk, struct str profile)
{
    struct str session = get(walk, profile, "login_session");
    if (session.len == 0) {
        return NULL;
    }
    struct origin *source = origin_new(walk, ORIGIN_LOGIN, profile);
    source->login_session = session;
    return source;
}

static const struct origin *find_process(struct walk *walk, struct str profile)
{
    struct aws_value command =
        aws_config_get(walk->config, profile, "credential_process");
    if (command.text.len == 0) {
        return NULL;
    }
    struct origin *source = origin_new(walk, ORIGIN_PROCESS, profile);
    source->command = command;
    return source;
}

// ---- roles

static bool has_keys(const struct walk *walk, struct str profile)
{
    return get(walk, profile, "aws_access_key_id").len > 0 ||
           get(walk, profile, "aws_secret_access_key").len > 0;
}

static bool is_role(const struct walk *walk, struct str profile)
{
    return get(walk, profile, "role_arn").len > 0 &&
           get(walk, profile, "web_identity_token_file").len == 0;
}

static const struct origin *find_role(struct walk *walk, struct str profile);

// In the order in which they count. A role comes before all of them.
static const struct origin *find_other(struct walk *walk, struct str profile)
{
    static const struct origin *(*const KINDS[])(struct walk *, struct str) = {
        find_web_identity, find_sso,     find_credentials_keys,
        find_login,        find_process, find_config_keys,
    };
    const struct origin *source = NULL;
    for (size_t i = 0;
         source == NULL && !walk->failed && i < sizeof KINDS / sizeof *KINDS; i++) {
        source = KINDS[i](walk, profile);
    }
    return source;
}

static const struct origin *find_named_source(struct walk *walk, struct str profile,
                                              struct str name)
{
    const struct origin *source = NULL;
    if (str_is(name, "Environment")) {
        const struct chain_env *env = walk->env;
        struct origin *keys = origin_new(walk, ORIGIN_ENVIRONMENT, (struct str){0});
        keys->access_key_id = env->access_key_id;
        keys->secret_access_key = env->secret_access_key;
        keys->session_token = env->session_token;
        keys->expiration = env->expiration;
        bool whole = env->access_key_id.len > 0 && env->secret_access_key.len > 0;
        source = whole ? keys : NULL;
    } else if (str_is(name, "EcsContainer")) {
        source = machine_container(walk->env, walk->arena);
    } else if (str_is(name, "Ec2InstanceMetadata")) {
        source = machine_metadata(walk->env, walk->arena);
    } else {
        return fail(walk, profile, "has a credential_source that does not exist",
                    "it is one of Environment, EcsContainer and Ec2InstanceMetadata");
    }
    if (source == NULL) {
        struct diag *diag =
            diag_add(walk->diags, DIAG_CREDENTIALS, NOWHERE,
                     "%s takes its credentials from %s, where there are none",
                     words(walk, profile), diag_quote(walk->diags, name));
        diag_help(walk->diags, diag, "or name a source_profile");
        walk->failed = true;
    }
    return source;
}

// Keys of its own end the walk: a profile may be its own source.
static const struct origin *find_base(struct walk *walk, struct str profile,
                                      struct str base)
{
    bool self = str_eq(profile, base);
    if (!aws_config_has_profile(walk->config, base)) {
        return fail(walk, profile,
                    arena_printf(walk->diags->arena,
                                 "has a source_profile %s that is not there",
                                 diag_quote(walk->diags, base))
                        .at,
                    "'aws configure list-profiles' lists those that are there");
    }
    for (size_t i = 0; i < walk->depth; i++) {
        if (str_eq(walk->visited[i], base) && !(self && has_keys(walk, base))) {
            return fail(walk, profile, "leads to itself by its source_profile",
                        "a chain of roles has to begin with a profile that has "
                        "credentials of its own");
        }
    }
    const struct origin *source = has_keys(walk, base) || !is_role(walk, base)
                                      ? find_other(walk, base)
                                      : find_role(walk, base);
    return source != NULL || walk->failed
               ? source
               : fail(walk, profile,
                      arena_printf(walk->diags->arena,
                                   "has a source_profile %s without credentials",
                                   diag_quote(walk->diags, base))
                          .at,
                      "give that one keys, SSO, a process or a role of its own");
}

static const struct origin *find_role(struct walk *walk, struct str profile)
{
    struct str base = get(walk, profile, "source_profile");
    struct str named = get(walk, profile, "credential_source");
    if (walk->depth == ROLES_MAX) {
        return fail(walk, profile, "is the end of too long a chain of roles",
                    "16 are followed");
    }
    walk->visited[walk->depth++] = profile;
    if ((base.len > 0) == (named.len > 0)) {
        return fail(walk, profile,
                    base.len > 0 ? "has both a source_profile and a credential_source"
                                 : "has a role_arn, and nothing to assume it with",
                    "a role needs one of source_profile, credential_source and "
                    "web_identity_token_file");
    }
    struct origin *source = origin_new(walk, ORIGIN_ROLE, profile);
    source->role_arn = get(walk, profile, "role_arn");
    source->role_session_name = get(walk, profile, "role_session_name");
    source->external_id = get(walk, profile, "external_id");
    source->duration_seconds = get(walk, profile, "duration_seconds");
    source->base = base.len > 0 ? find_base(walk, profile, base)
                                : find_named_source(walk, profile, named);
    if (get(walk, profile, "mfa_serial").len > 0) {
        walk->why_cli = "it asks for an MFA code";
    }
    return source->base != NULL ? source : NULL;
}

// ---- kinds that do not exist yet

// What profiles say beside credentials, and what only tools of AWS's look at.
static bool is_setting(struct str key)
{
    static const char *const KEYS[] = {
        "region",
        "output",
        "services",
        "endpoint_url",
        "ca_bundle",
        "parameter_validation",
        "retry_mode",
        "max_attempts",
        "s3",
        "defaults_mode",
        "sdk_ua_app_id",
        "tcp_keepalive",
        "api_versions",
        "mfa_serial",
        "source_profile",
        "role_session_name",
        "external_id",
        "duration_seconds",
        "credential_source",
        "sso_session",
        "sso_start_url",
        "sso_region",
        "sso_registration_scopes",
        "aws_session_token",
        "aws_account_id",
        "aws_security_token",
    };
    static const char *const PREFIXES[] = {
        "cli_",      "use_",     "ec2_",     "metadata_", "ignore_",
        "disable_",  "account_", "sigv4",    "auth_",     "csm_",
        "endpoint_", "s3_",      "request_", "response_", "imds_",
    };
    bool found = false;
    for (size_t i = 0; !found && i < sizeof KEYS / sizeof *KEYS; i++) {
        found = str_is(key, KEYS[i]);
    }
    for (size_t i = 0; !found && i < sizeof PREFIXES / sizeof *PREFIXES; i++) {
        found = str_starts(key, str_from(PREFIXES[i]));
    }
    return found;
}

static bool has_unknown(const struct ini_section *section)
{
    bool unknown = false;
    for (size_t i = 0; section != NULL && !unknown && i < section->count; i++) {
        unknown = section->entries[i].below_count == 0 &&
                  !is_setting(section->entries[i].key);
    }
    return unknown;
}

bool profile_source_find(const struct origin **out, const struct aws_profile *profile,
                         const struct chain_env *env, struct arena *arena,
                         struct diags *diags)
{
    const struct aws_config *config = profile->config;
    struct walk walk = {
        .top = profile, .config = config, .env = env, .arena = arena, .diags = diags};
    *out = is_role(&walk, profile->name) ? find_role(&walk, profile->name)
                                         : find_other(&walk, profile->name);
    if (walk.failed) {
        return false;
    }
    bool named = profile->given || profile->from != NULL;
    if (*out == NULL && named &&
        (has_unknown(aws_file_section(config, &config->config, profile->name)) ||
         has_unknown(aws_file_section(config, &config->credentials, profile->name)))) {
        walk.why_cli = "nothing in it that is known here says where they are";
    }
    if (walk.why_cli != NULL) {
        struct origin *source = origin_new(&walk, ORIGIN_AWS_CLI, profile->name);
        source->why = walk.why_cli;
        *out = source;
    }
    return true;
}
