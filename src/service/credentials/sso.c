// SSO. In: a profile's account, role and session. Out: credentials of that role.
//
// Only a profile with an sso_session has a token that can be refreshed; the older form is
// keyed by the start url, and ends with the token.
#include "sso.h"

#include "ascii.h"
#include "aws_call.h"
#include "json_fields.h"
#include "token_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ATTEMPTS 4
#define FORM_MAX ((size_t)256 << 10)
#define REFRESH_BEFORE_US (INT64_C(900) * 1000000)
#define LAST_YEAR_END_MS INT64_C(253402300799000)

static const struct span NOWHERE;

struct sso {
    const struct origin *origin;
    const struct provider *provider;
    const char *whose;
};

struct token {
    struct str path;
    struct str access_token;
    struct str expires_at;
    struct str refresh_token;
    struct str client_id;
    struct str client_secret;
    struct str registration_expires_at;
    instant_us expires;
};

// The one command that helps, whatever is wrong with the log-in.
static bool log_in(const struct sso *sso, const char *what)
{
    struct diags *diags = sso->provider->diags;
    const struct origin *origin = sso->origin;
    bool plain = !origin->hidden && origin->profile.len > 0;
    struct diag *diag =
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: %s", sso->whose, what);
    bool quotes = false;
    for (size_t i = 0; plain && i < origin->profile.len; i++) {
        char c = origin->profile.at[i];
        quotes = quotes || !(ascii_is_alnum(c) || strchr("-_.@/+=:,", c) != NULL);
    }
    if (!plain) {
        diag_help(diags, diag, "log in: aws sso login --profile NAME");
    } else if (quotes) {
        diag_help(diags, diag, "log in: aws sso login --profile %s",
                  diag_quote(diags, origin->profile));
    } else {
        diag_help(diags, diag, "log in: aws sso login --profile %.*s",
                  STR_ARG(origin->profile));
    }
    return false;
}

// ---- the cached token

static bool read_token(struct token *token, const struct sso *sso)
{
    const struct origin *origin = sso->origin;
    struct arena *secrets = sso->provider->secrets;
    struct diags apart;
    struct str text;
    *token = (struct token){0};
    token->path = token_file_sso(origin->sso_session.len > 0 ? origin->sso_session
                                                             : origin->sso_start_url,
                                 secrets);
    const struct json_field fields[] = {
        {"accessToken", &token->access_token},
        {"expiresAt", &token->expires_at},
        {"refreshToken", &token->refresh_token},
        {"clientId", &token->client_id},
        {"clientSecret", &token->client_secret},
        {"registrationExpiresAt", &token->registration_expires_at},
    };
    diags_init(&apart, secrets);
    if (!token_file_read(&text, token->path, secrets)) {
        return log_in(sso, "nobody is logged in");
    }
    if (!json_fields_read(fields, sizeof fields / sizeof *fields, text, secrets) ||
        token->access_token.len == 0 ||
        !provided_read_time(&token->expires, token->expires_at, "", &apart)) {
        return log_in(sso, "the log-in's cached token is damaged");
    }
    return true;
}

// ---- refreshing it

static bool can_refresh(const struct token *token, const struct sso *sso)
{
    instant_us registration = 0;
    struct diags apart;
    diags_init(&apart, sso->provider->secrets);
    return sso->origin->sso_session.len > 0 && token->refresh_token.len > 0 &&
           token->client_id.len > 0 && token->client_secret.len > 0 &&
           provided_read_time(&registration, token->registration_expires_at, "",
                              &apart) &&
           registration > instant_now();
}

static struct str refresh_body(struct buf *body, const struct token *token)
{
    buf_init(body, FORM_MAX);
    (void)buf_reserve(body, FORM_MAX);
    buf_char(body, '{');
    token_put_member(body, "grantType", STR("refresh_token"));
    token_put_member(body, "clientId", token->client_id);
    token_put_member(body, "clientSecret", token->client_secret);
    token_put_member(body, "refreshToken", token->refresh_token);
    buf_char(body, '}');
    return buf_str(body);
}

static void wipe(struct buf *buf)
{
    explicit_bzero(buf->at, buf->cap);
    buf_deinit(buf);
}

// As the AWS CLI writes it. What cannot be written back serves this run all the same.
static void write_back(const struct token *token, const struct sso *sso)
{
    struct buf text;
    buf_init(&text, FORM_MAX);
    (void)buf_reserve(&text, FORM_MAX);
    buf_char(&text, '{');
    token_put_member(&text, "startUrl", sso->origin->sso_start_url);
    token_put_member(&text, "region", sso->origin->sso_region);
    token_put_member(&text, "accessToken", token->access_token);
    token_put_member(&text, "expiresAt", token->expires_at);
    token_put_member(&text, "clientId", token->client_id);
    token_put_member(&text, "clientSecret", token->client_secret);
    token_put_member(&text, "registrationExpiresAt", token->registration_expires_at);
    if (token->refresh_token.len > 0) {
        token_put_member(&text, "refreshToken", token->refresh_token);
    }
    buf_char(&text, '}');
    bool written =
        token_file_write(token->path, buf_str(&text), sso->provider->secrets);
    (void)written;
    wipe(&text);
}

static bool take_refreshed(struct token *token, struct str answer,
                           const struct sso *sso)
{
    struct str access = {0};
    struct str refresh = {0};
    struct str seconds = {0};
    struct diags apart;
    const struct json_field fields[] = {
        {"accessToken", &access}, {"refreshToken", &refresh}, {"expiresIn", &seconds}};
    diags_init(&apart, sso->provider->secrets);
    if (!json_fields_read(fields, sizeof fields / sizeof *fields, answer,
                          sso->provider->secrets) ||
        access.len == 0 || seconds.len == 0) {
        return false;
    }
    token->access_token = access;
    token->refresh_token = refresh;
    token->expires_at = token_expiry(seconds, sso->provider->secrets);
    return provided_read_time(&token->expires, token->expires_at, "", &apart);
}

// What the token service says no to leaves the token as it is; it may be good still.
// False: interrupted, or the service has an endpoint that must not be used.
static bool refresh(struct token *token, const struct sso *sso)
{
    static const char *const HEADERS[] = {"Content-Type: application/json"};
    struct str url;
    bool named = false;
    struct buf body;
    struct aws_answer answer;
    if (!aws_call_endpoint(&url, &named, AWS_SSO_OIDC, sso->origin->sso_region,
                           sso->provider)) {
        return false;
    }
    struct aws_call call = {
        .method = "POST",
        .url = arena_printf(sso->provider->secrets, "%.*s/token", STR_ARG(url)),
        .headers = HEADERS,
        .header_count = 1,
        .body = refresh_body(&body, token),
        .attempts = ATTEMPTS,
    };
    bool told = aws_call_send(&answer, &call, sso->provider);
    wipe(&body);
    if (told && answer.failure == HTTP_COMPLETE && answer.status == 200 &&
        take_refreshed(token, answer.body, sso)) {
        write_back(token, sso);
    }
    return told;
}

// ---- the role's credentials

static void put_query(struct buf *out, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~') {
            buf_char(out, c);
        } else {
            buf_printf(out, "%%%02X", (unsigned char)c);
        }
    }
}

static struct str url_of(struct str url, const struct sso *sso)
{
    struct buf text;
    buf_init(&text, FORM_MAX);
    buf_put(&text, url);
    buf_puts(&text, "/federation/credentials?role_name=");
    put_query(&text, sso->origin->sso_role_name);
    buf_puts(&text, "&account_id=");
    put_query(&text, sso->origin->sso_account_id);
    struct str whole = arena_str(sso->provider->secrets, buf_str(&text));
    buf_deinit(&text);
    return whole;
}

// Milliseconds since 1970.
static bool read_expiration(instant_us *out, struct str text)
{
    int64_t ms = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.at[i]) || ms > LAST_YEAR_END_MS / 10) {
            return false;
        }
        ms = ms * 10 + (text.at[i] - '0');
    }
    *out = ms * 1000;
    return text.len > 0;
}

static bool read_credentials(struct fetched *out, const struct aws_answer *answer,
                             const struct aws_call *call, const struct sso *sso)
{
    struct str expiration = {0};
    const struct json_field fields[] = {
        {"roleCredentials.accessKeyId", &out->keys.access_key_id},
        {"roleCredentials.secretAccessKey", &out->keys.secret_access_key},
        {"roleCredentials.sessionToken", &out->keys.session_token},
        {"roleCredentials.expiration", &expiration},
    };
    if (!json_fields_read(fields, sizeof fields / sizeof *fields, answer->body,
                          sso->provider->secrets) ||
        !read_expiration(&out->expires, expiration)) {
        return aws_call_diagnose(answer, call, sso->whose, sso->provider->diags);
    }
    out->account_id = sso->origin->sso_account_id;
    return true;
}

static bool refused(const struct sso *sso, const struct aws_answer *answer,
                    const struct aws_call *call)
{
    if (answer->failure == HTTP_COMPLETE && answer->status == 401) {
        return log_in(sso, "the log-in has expired");
    }
    if (answer->failure == HTTP_COMPLETE &&
        (answer->status == 403 || answer->status == 404)) {
        struct diag *diag =
            diag_add(sso->provider->diags, DIAG_CREDENTIALS, NOWHERE,
                     "%s: the log-in has no such role in that account", sso->whose);
        diag_help(sso->provider->diags, diag,
                  "look at sso_account_id and sso_role_name of the profile");
        return false;
    }
    return aws_call_diagnose(answer, call, sso->whose, sso->provider->diags);
}

static bool get_role_credentials(struct fetched *out, const struct token *token,
                                 const struct sso *sso)
{
    struct arena *secrets = sso->provider->secrets;
    struct str url;
    bool named = false;
    struct aws_answer answer;
    if (!aws_call_endpoint(&url, &named, AWS_SSO, sso->origin->sso_region,
                           sso->provider)) {
        return false;
    }
    for (size_t i = 0; i < token->access_token.len; i++) {
        if (token->access_token.at[i] < '!' || token->access_token.at[i] > '~') {
            return log_in(sso, "the log-in's cached token is damaged");
        }
    }
    const char *headers[] = {arena_printf(secrets, "x-amz-sso_bearer_token: %.*s",
                                          STR_ARG(token->access_token))
                                 .at};
    struct aws_call call = {
        .method = "GET",
        .url = url_of(url, sso),
        .headers = headers,
        .header_count = 1,
        .attempts = ATTEMPTS,
    };
    if (!aws_call_send(&answer, &call, sso->provider)) {
        return false;
    }
    return answer.failure == HTTP_COMPLETE && answer.status == 200
               ? read_credentials(out, &answer, &call, sso)
               : refused(sso, &answer, &call);
}

bool sso_fetch(struct fetched *out, const struct origin *origin,
               const struct provider *provider)
{
    struct sso sso = {origin, provider,
                      origin_words(origin, provider->diags->arena).at};
    struct token token;
    if (!read_token(&token, &sso)) {
        return false;
    }
    if (token.expires < instant_now() + REFRESH_BEFORE_US &&
        can_refresh(&token, &sso) && !refresh(&token, &sso)) {
        return false;
    }
    if (token.expires <= instant_now()) {
        return log_in(&sso, "the log-in has expired");
    }
    return get_role_credentials(out, &token, &sso);
}
