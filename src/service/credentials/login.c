// The log-in of `aws login`. In: its cached token. Out: keys, and the token renewed.
#include "login.h"

#include "aws_call.h"
#include "dpop.h"
#include "json_fields.h"
#include "json_read.h"
#include "json_write.h"
#include "token_file.h"

#include <string.h>
#include <sys/random.h>

#define ATTEMPTS 4
#define FORM_MAX ((size_t)256 << 10)
#define REFRESH_BEFORE_US (INT64_C(300) * 1000000)

static const struct span NOWHERE;

struct login {
    const struct origin *origin;
    const struct provider *provider;
    const char *whose;
    struct str path;
    struct str text; // of the file
    struct str refresh_token;
    struct str client_id;
    struct str dpop_key;
};

static bool log_in(const struct login *login, const char *what)
{
    struct diags *diags = login->provider->diags;
    const struct origin *origin = login->origin;
    struct diag *diag =
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: %s", login->whose, what);
    struct str name =
        origin->hidden || origin->profile.len == 0 ? STR("NAME") : origin->profile;
    diag_help(diags, diag, "log in: aws login --profile %.*s", STR_ARG(name));
    return false;
}

static bool read_token(struct fetched *out, struct login *login)
{
    struct arena *secrets = login->provider->secrets;
    struct str expires = {0};
    struct diags apart;
    const struct json_field fields[] = {
        {"accessToken.accessKeyId", &out->keys.access_key_id},
        {"accessToken.secretAccessKey", &out->keys.secret_access_key},
        {"accessToken.sessionToken", &out->keys.session_token},
        {"accessToken.accountId", &out->account_id},
        {"accessToken.expiresAt", &expires},
        {"refreshToken", &login->refresh_token},
        {"clientId", &login->client_id},
        {"dpopKey", &login->dpop_key},
    };
    diags_init(&apart, secrets);
    if (!token_file_read(&login->text, login->path, secrets)) {
        return log_in(login, "nobody is logged in");
    }
    return (json_fields_read(fields, sizeof fields / sizeof *fields, login->text,
                             secrets) &&
            out->keys.access_key_id.len > 0 &&
            provided_read_time(&out->expires, expires, "", &apart)) ||
           log_in(login, "the log-in's cached token is damaged");
}

// ---- the next keys

static void wipe(struct buf *buf)
{
    explicit_bzero(buf->at, buf->cap);
    buf_deinit(buf);
}

// What the file says beside these two members stays as it is.
static void write_back(const struct login *login, const struct fetched *next,
                       struct str refresh_token, struct str expires)
{
    struct json_reader reader;
    struct buf text;
    struct str raw;
    buf_init(&text, FORM_MAX);
    (void)buf_reserve(&text, FORM_MAX);
    buf_puts(&text, "{\"accessToken\": {");
    buf_puts(&text, "\"accessKeyId\": ");
    json_put_string(&text, next->keys.access_key_id);
    token_put_member(&text, "secretAccessKey", next->keys.secret_access_key);
    token_put_member(&text, "sessionToken", next->keys.session_token);
    token_put_member(&text, "accountId", next->account_id);
    token_put_member(&text, "expiresAt", expires);
    buf_char(&text, '}');
    token_put_member(&text, "refreshToken", refresh_token);
    json_reader_init(&reader, login->text, login->provider->secrets);
    bool good = json_next(&reader) == JSON_OBJECT_BEGIN;
    while (good && json_next(&reader) == JSON_NAME) {
        struct str name = json_text(&reader);
        (void)json_next(&reader);
        good = json_skip(&reader, &raw);
        if (good && !str_is(name, "accessToken") && !str_is(name, "refreshToken")) {
            buf_puts(&text, ", ");
            json_put_string(&text, name);
            buf_puts(&text, ": ");
            buf_put(&text, raw);
        }
    }
    buf_char(&text, '}');
    bool written =
        good && !text.overflowed &&
        token_file_write(login->path, buf_str(&text), login->provider->secrets);
    (void)written; // this run has the keys all the same
    wipe(&text);
}

static bool take(struct fetched *out, struct str body, const struct login *login)
{
    struct arena *secrets = login->provider->secrets;
    struct fetched next = {.account_id = out->account_id};
    struct str refresh_token = {0};
    struct str seconds = {0};
    struct diags apart;
    const struct json_field fields[] = {
        {"accessToken.accessKeyId", &next.keys.access_key_id},
        {"accessToken.secretAccessKey", &next.keys.secret_access_key},
        {"accessToken.sessionToken", &next.keys.session_token},
        {"refreshToken", &refresh_token},
        {"expiresIn", &seconds},
    };
    diags_init(&apart, secrets);
    if (!json_fields_read(fields, sizeof fields / sizeof *fields, body, secrets) ||
        next.keys.secret_access_key.len == 0 || refresh_token.len == 0) {
        return false;
    }
    struct str expires = token_expiry(seconds, secrets);
    if (!provided_read_time(&next.expires, expires, "", &apart)) {
        return false;
    }
    *out = next;
    write_back(login, &next, refresh_token, expires);
    return true;
}

static bool prove(struct str *out, struct str url, const struct login *login)
{
    unsigned char random[16];
    char id[2 * sizeof random + 1];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        return false;
    }
    for (size_t i = 0; i < sizeof random; i++) {
        static const char DIGITS[] = "0123456789abcdef";
        id[2 * i] = DIGITS[random[i] >> 4];
        id[2 * i + 1] = DIGITS[random[i] & 15];
    }
    return dpop_write(out, login->dpop_key, url, instant_now(),
                      (struct str){id, 2 * sizeof random}, login->provider->secrets);
}

// False: interrupted, or the service has an endpoint that must not be used. What fails
// otherwise leaves *out as it is.
static bool refresh(struct fetched *out, const struct login *login)
{
    const struct provider *provider = login->provider;
    struct aws_answer answer;
    struct str url;
    struct str proof;
    struct buf body;
    bool named = false;
    if (!aws_call_endpoint(&url, &named, AWS_SIGNIN, provider->target->region,
                           provider)) {
        return false;
    }
    url = arena_printf(provider->secrets, "%.*s/v1/token", STR_ARG(url));
    if (!prove(&proof, url, login)) {
        return true;
    }
    buf_init(&body, FORM_MAX);
    (void)buf_reserve(&body, FORM_MAX);
    buf_char(&body, '{');
    token_put_member(&body, "clientId", login->client_id);
    token_put_member(&body, "refreshToken", login->refresh_token);
    token_put_member(&body, "grantType", STR("refresh_token"));
    buf_char(&body, '}');
    const char *headers[] = {
        "Content-Type: application/json",
        arena_printf(provider->secrets, "DPoP: %.*s", STR_ARG(proof)).at,
    };
    struct aws_call call = {
        .method = "POST",
        .url = url,
        .headers = headers,
        .header_count = 2,
        .body = buf_str(&body),
        .attempts = ATTEMPTS,
    };
    bool told = aws_call_send(&answer, &call, provider);
    wipe(&body);
    if (told && answer.failure == HTTP_COMPLETE && answer.status == 200) {
        (void)take(out, answer.body, login); // else the old ones are good, or not
    }
    return told;
}

bool login_fetch(struct fetched *out, const struct origin *origin,
                 const struct provider *provider)
{
    struct login login = {
        .origin = origin,
        .provider = provider,
        .whose = origin_words(origin, provider->diags->arena).at,
        .path = token_file_login(origin->login_session, provider->secrets),
    };
    if (!read_token(out, &login)) {
        return false;
    }
    bool can = login.refresh_token.len > 0 && login.client_id.len > 0 &&
               login.dpop_key.len > 0;
    if (out->expires <= instant_now() + REFRESH_BEFORE_US && can &&
        !refresh(out, &login)) {
        return false;
    }
    return out->expires > instant_now() || log_in(&login, "the log-in has expired");
}
