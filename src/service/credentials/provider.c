// Asking a source. In: what the chain decided. Out: keys that can be signed with.
#include "provider.h"

#include "buf.h"
#include "login.h"
#include "metadata.h"
#include "process.h"
#include "sso.h"
#include "sts.h"

#define SECRET_MAX ((size_t)128)
#define TOKEN_MAX ((size_t)16 << 10)

static const struct span NOWHERE;

// Visible ASCII only: a line break would begin another header.
static bool is_header_safe(struct str value, size_t max)
{
    bool safe = value.len <= max;
    for (size_t i = 0; safe && i < value.len; i++) {
        safe = value.at[i] >= '!' && value.at[i] <= '~';
    }
    return safe;
}

bool provider_check_keys(const struct fetched *fetched, const char *whose,
                         struct diags *diags)
{
    const struct credentials *keys = &fetched->keys;
    if (keys->access_key_id.len == 0 || keys->secret_access_key.len == 0) {
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: one of the two keys is missing",
                 whose);
        return false;
    }
    if (is_header_safe(keys->access_key_id, SECRET_MAX) &&
        is_header_safe(keys->secret_access_key, SECRET_MAX * 8) &&
        is_header_safe(keys->session_token, TOKEN_MAX)) {
        return true;
    }
    struct diag *diag = diag_add(
        diags, DIAG_CREDENTIALS, NOWHERE,
        "%s: the credentials hold blanks or characters that no key has", whose);
    diag_help(diags, diag, "look at the key's id, its secret and the session token");
    return false;
}

void provider_keep(struct fetched *fetched, const struct provider *provider)
{
    struct credentials *keys = &fetched->keys;
    keys->access_key_id = arena_str(provider->secrets, keys->access_key_id);
    keys->secret_access_key = arena_str(provider->secrets, keys->secret_access_key);
    keys->session_token = arena_str(provider->secrets, keys->session_token);
    fetched->account_id = arena_str(provider->secrets, fetched->account_id);
}

// ---- keys that stand in the environment or in a file

static bool fetch_keys(struct fetched *out, const struct origin *source,
                       const struct provider *provider)
{
    *out = (struct fetched){
        .keys = {source->access_key_id, source->secret_access_key,
                 source->session_token},
        .expires = EXPIRES_NEVER,
    };
    if (source->expiration.len > 0 &&
        !provided_read_time(&out->expires, source->expiration,
                            "AWS_CREDENTIAL_EXPIRATION", provider->diags)) {
        return false;
    }
    provider_keep(out, provider);
    return true;
}

// ---- a role: first whoever assumes it, then the role

static bool fetch_role(struct fetched *out, const struct origin *origin,
                       const struct provider *provider)
{
    struct fetched base;
    return provider_fetch(&base, origin->base, provider) &&
           sts_assume_role(out, origin, &base.keys, provider);
}

// ---- all kinds

typedef bool (*fetch)(struct fetched *out, const struct origin *origin,
                      const struct provider *provider);

static const fetch FETCH[] = {
    [ORIGIN_ENVIRONMENT] = fetch_keys,
    [ORIGIN_WEB_IDENTITY] = sts_assume_role_with_web_identity,
    [ORIGIN_KEYS] = fetch_keys,
    [ORIGIN_ROLE] = fetch_role,
    [ORIGIN_SSO] = sso_fetch,
    [ORIGIN_PROCESS] = process_fetch,
    [ORIGIN_LOGIN] = login_fetch,
    [ORIGIN_CONTAINER] = container_fetch,
    [ORIGIN_IMDS] = imds_fetch,
    [ORIGIN_AWS_CLI] = aws_cli_fetch,
};

static bool refuse_expired(const char *whose, instant_us expired, struct diags *diags)
{
    char text[INSTANT_TEXT_LEN];
    instant_format(expired, text);
    diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: they expired at %.19sZ", whose,
             text);
    return false;
}

bool provider_fetch(struct fetched *out, const struct origin *source,
                    const struct provider *provider)
{
    const char *whose = origin_words(source, provider->diags->arena).at;
    *out = (struct fetched){.expires = EXPIRES_NEVER};
    if (!FETCH[source->kind](out, source, provider) ||
        !provider_check_keys(out, whose, provider->diags)) {
        return false;
    }
    // An instance's are used beyond their time: the service may give none for a while.
    return source->kind == ORIGIN_IMDS || out->expires > instant_now() ||
           refuse_expired(whose, out->expires, provider->diags);
}
