// STS's query protocol: a form goes, XML comes. In: a role. Out: its credentials.
#include "sts.h"

#include "ascii.h"
#include "aws_call.h"
#include "endpoint.h"
#include "file.h"
#include "heap.h"
#include "utf8.h"
#include "xml_read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSION "2011-06-15"
#define FORM_TYPE "application/x-www-form-urlencoded; charset=utf-8"
#define FORM_MAX ((size_t)128 << 10)
#define TOKEN_MAX ((size_t)64 << 10) // of a web identity's file
#define ATTEMPTS 4
#define WORDS_MAX 500 // of STS's own that are shown

static const struct span NOWHERE;

struct sts {
    const struct provider *provider;
    const char *whose;
    struct buf form;
};

// ---- the form

static void put_encoded(struct buf *out, struct str value)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (ascii_is_alnum((char)c) || c == '-' || c == '_' || c == '.' || c == '~') {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, DIGITS[c >> 4]);
            buf_char(out, DIGITS[c & 15]);
        }
    }
}

static void put_field(struct sts *sts, const char *name, struct str value)
{
    if (value.len > 0) {
        buf_char(&sts->form, '&');
        buf_puts(&sts->form, name);
        buf_char(&sts->form, '=');
        put_encoded(&sts->form, value);
    }
}

// All of its room at once: growing would leave copies of a token behind.
static void form_begin(struct sts *sts, const char *action)
{
    buf_init(&sts->form, FORM_MAX);
    (void)buf_reserve(&sts->form, FORM_MAX);
    buf_printf(&sts->form, "Action=%s&Version=" VERSION, action);
}

static void form_end(struct sts *sts)
{
    explicit_bzero(sts->form.at, sts->form.cap);
    buf_deinit(&sts->form);
}

// A session that nobody named is named after the program and the time.
static void put_role(struct sts *sts, const struct origin *origin)
{
    struct str name = origin->role_session_name;
    put_field(sts, "RoleArn", origin->role_arn);
    if (name.len == 0) {
        name = arena_printf(sts->provider->secrets, "ddbgen-%" PRId64,
                            instant_now() / 1000000);
    }
    put_field(sts, "RoleSessionName", name);
}

// ---- the call

static struct str header(const struct sts *sts, const char *name, struct str value)
{
    return arena_printf(sts->provider->secrets, "%s: %.*s", name, STR_ARG(value));
}

static size_t sign(const char *headers[4], const struct sts *sts, struct str url,
                   const struct credentials *keys)
{
    struct str host = str_skip(url, STR("https://").len);
    struct sigv4_request request = {
        .service = STR("sts"),
        .content_type = STR(FORM_TYPE),
        .host = host,
        .body = buf_str(&sts->form),
        .region = sts->provider->target->region,
        .date = instant_now(),
    };
    struct buf authorization;
    char date[16];
    size_t count = 0;
    buf_init(&authorization, FORM_MAX);
    sigv4_sign(&authorization, date, &request, keys);
    headers[count++] = header(sts, "X-Amz-Date", (struct str){date, sizeof date}).at;
    headers[count++] = header(sts, "Authorization", buf_str(&authorization)).at;
    if (keys->session_token.len > 0) {
        headers[count++] = header(sts, "X-Amz-Security-Token", keys->session_token).at;
    }
    buf_deinit(&authorization);
    return count;
}

// STS's own code and words are shown, clipped: they hold no secrets.
static bool refused(const struct sts *sts, const struct aws_answer *answer,
                    const struct aws_call *call)
{
    struct diags *diags = sts->provider->diags;
    struct arena *arena = sts->provider->secrets;
    struct str code;
    struct str words;
    if (answer->failure != HTTP_COMPLETE ||
        !xml_find(&code, answer->body, "ErrorResponse/Error/Code", arena) ||
        code.len == 0 ||
        !xml_find(&words, answer->body, "ErrorResponse/Error/Message", arena)) {
        return aws_call_diagnose(answer, call, sts->whose, diags);
    }
    struct diag *diag = diag_add(
        diags, DIAG_CREDENTIALS, NOWHERE, "%s: STS refuses it: %.*s: %.*s", sts->whose,
        STR_ARG(utf8_prefix(code, WORDS_MAX)), STR_ARG(utf8_prefix(words, WORDS_MAX)));
    if (str_is(code, "AccessDenied")) {
        diag_help(
            diags, diag,
            "the role's trust policy and the caller's own policy have to allow it");
    } else if (str_is(code, "ExpiredTokenException") || str_is(code, "ExpiredToken")) {
        diag_help(diags, diag, "the token has expired: get a new one");
    }
    return false;
}

// keys NULL: nothing is signed.
static bool send(struct str *body, struct sts *sts, const struct credentials *keys)
{
    const struct provider *provider = sts->provider;
    struct str url;
    bool named = false;
    struct aws_answer answer;
    const char *headers[5];
    if (!aws_call_endpoint(&url, &named, AWS_STS, provider->target->region, provider)) {
        return false;
    }
    size_t count = keys != NULL ? sign(headers, sts, url, keys) : 0;
    headers[count++] = "Content-Type: " FORM_TYPE;
    struct aws_call call = {
        .method = "POST",
        .url = arena_printf(provider->secrets, "%.*s/", STR_ARG(url)),
        .headers = headers,
        .header_count = count,
        .body = buf_str(&sts->form),
        .attempts = ATTEMPTS,
    };
    if (!aws_call_send(&answer, &call, provider)) {
        return false;
    }
    *body = answer.body;
    return (answer.failure == HTTP_COMPLETE && answer.status == 200) ||
           refused(sts, &answer, &call);
}

// ---- what comes back

static bool foreign(const struct sts *sts)
{
    diag_add(sts->provider->diags, DIAG_CREDENTIALS, NOWHERE,
             "%s: what answers is not STS", sts->whose);
    return false;
}

// The account stands in "arn:aws:sts::123456789012:assumed-role/x/y".
static struct str account_of(struct str arn)
{
    for (int i = 0; i < 4; i++) {
        size_t end = str_find_char(arn, ':');
        arn = str_skip(arn, end < arn.len ? end + 1 : end);
    }
    return (struct str){arn.at, str_find_char(arn, ':')};
}

static bool read_credentials(struct fetched *out, const struct sts *sts,
                             struct str body, const char *action)
{
    struct arena *arena = sts->provider->secrets;
    struct str expiration;
    struct str arn;
    const struct {
        const char *path;
        struct str *to;
    } fields[] = {
        {"Credentials/AccessKeyId", &out->keys.access_key_id},
        {"Credentials/SecretAccessKey", &out->keys.secret_access_key},
        {"Credentials/SessionToken", &out->keys.session_token},
        {"Credentials/Expiration", &expiration},
        {"AssumedRoleUser/Arn", &arn},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct str path = arena_printf(arena, "%sResponse/%sResult/%s", action, action,
                                       fields[i].path);
        if (!xml_find(fields[i].to, body, path.at, arena)) {
            return foreign(sts);
        }
    }
    out->account_id = account_of(arn);
    return expiration.len > 0 && out->keys.session_token.len > 0
               ? provided_read_time(&out->expires, expiration, sts->whose,
                                    sts->provider->diags)
               : foreign(sts);
}

bool sts_assume_role(struct fetched *out, const struct origin *origin,
                     const struct credentials *base, const struct provider *provider)
{
    struct sts sts = {.provider = provider,
                      .whose = origin_words(origin, provider->diags->arena).at};
    struct str body;
    form_begin(&sts, "AssumeRole");
    put_role(&sts, origin);
    put_field(&sts, "ExternalId", origin->external_id);
    put_field(&sts, "DurationSeconds", origin->duration_seconds);
    bool good =
        send(&body, &sts, base) && read_credentials(out, &sts, body, "AssumeRole");
    form_end(&sts);
    return good;
}

// ---- web identity

// The kubelet replaces the file from time to time, behind a link.
static bool read_token(struct str *out, const struct origin *origin,
                       const struct provider *provider)
{
    struct diags *diags = provider->diags;
    struct str path = aws_path(origin->token_file, provider->secrets);
    char *real = heap_realpath(path.at);
    enum file_result result =
        real == NULL ? FILE_ERRNO : file_read(out, real, TOKEN_MAX, provider->secrets);
    free(real);
    *out = result == FILE_OK ? str_trim(*out) : (struct str){0};
    while (out->len > 0 &&
           (out->at[out->len - 1] == '\n' || out->at[out->len - 1] == '\r')) {
        out->len--;
    }
    if (out->len > 0) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                 "the web identity's token cannot be read from %s: %s",
                 diag_quote(diags, origin->token_file),
                 result == FILE_ERRNO ? strerror(errno) : "it holds no token");
    diag_help(diags, diag,
              "look at AWS_WEB_IDENTITY_TOKEN_FILE, or at "
              "web_identity_token_file of the profile");
    return false;
}

bool sts_assume_role_with_web_identity(struct fetched *out, const struct origin *origin,
                                       const struct provider *provider)
{
    struct sts sts = {.provider = provider,
                      .whose = origin_words(origin, provider->diags->arena).at};
    struct str token;
    struct str body;
    if (!read_token(&token, origin, provider)) {
        return false;
    }
    form_begin(&sts, "AssumeRoleWithWebIdentity");
    put_role(&sts, origin);
    put_field(&sts, "WebIdentityToken", token);
    bool good = send(&body, &sts, NULL) &&
                read_credentials(out, &sts, body, "AssumeRoleWithWebIdentity");
    form_end(&sts);
    return good;
}

// ---- who am I

bool sts_get_caller_identity(struct sts_identity *out, const struct credentials *keys,
                             const struct provider *provider)
{
    static const char *const PATH =
        "GetCallerIdentityResponse/GetCallerIdentityResult/";
    struct sts sts = {.provider = provider,
                      .whose = "asking STS whose credentials these are"};
    struct arena *arena = provider->diags->arena;
    struct str body;
    form_begin(&sts, "GetCallerIdentity");
    bool good = send(&body, &sts, keys);
    form_end(&sts);
    if (!good) {
        return false;
    }
    if (!xml_find(&out->account_id, body, arena_printf(arena, "%sAccount", PATH).at,
                  arena) ||
        !xml_find(&out->arn, body, arena_printf(arena, "%sArn", PATH).at, arena)) {
        return foreign(&sts);
    }
    struct diags apart;
    diags_init(&apart, arena);
    return (out->arn.len > 0 &&
            account_id_check(out->account_id, "", NOWHERE, &apart)) ||
           foreign(&sts);
}
