// The machine's own credentials. In: where the machine says they are. Out: keys that
// expire.
#include "metadata.h"

#include "ascii.h"
#include "aws_call.h"
#include "file.h"
#include "heap.h"
#include "json_fields.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_MAX ((size_t)16 << 10)
#define CONTAINER_MS 2000u
#define CONTAINER_ATTEMPTS 3
#define CONTAINER_PAUSE_MS 1000u
#define ROLE_MAX 256
#define IMDS_URL "http://169.254.169.254"
#define IMDS_URL_IPV6 "http://[fd00:ec2::254]"
#define IMDS_PATH "/latest/meta-data/iam/security-credentials/"
#define IMDS_SECONDS_MAX 60
#define IMDS_ATTEMPTS_MAX 10

static const struct span NOWHERE;

// As both kinds of service name them.
static bool read_keys(struct fetched *out, struct str body, const char *whose,
                      const struct provider *provider)
{
    struct str expiration = {0};
    const struct json_field fields[] = {
        {"AccessKeyId", &out->keys.access_key_id},
        {"SecretAccessKey", &out->keys.secret_access_key},
        {"Token", &out->keys.session_token},
        {"Expiration", &expiration},
        {"AccountId", &out->account_id},
    };
    if (!json_fields_read(fields, sizeof fields / sizeof *fields, body,
                          provider->secrets) ||
        out->keys.access_key_id.len == 0) {
        diag_add(provider->diags, DIAG_CREDENTIALS, NOWHERE,
                 "%s: what answers has no credentials", whose);
        return false;
    }
    return expiration.len == 0 ||
           provided_read_time(&out->expires, expiration, whose, provider->diags);
}

static bool is_header(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < ' ' || value.at[i] > '~') {
            return false;
        }
    }
    return value.len > 0;
}

// ---- a container's

// The host of "http://HOST[:PORT]/...", without brackets.
static struct str host_of(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    struct str rest = str_skip(url, scheme < url.len ? scheme + 3 : scheme);
    rest.len = str_find_char(rest, '/');
    rest.len = str_find_char(rest, '?');
    if (rest.len > 0 && rest.at[0] == '[') {
        rest = str_skip(rest, 1);
        return (struct str){rest.at, str_find_char(rest, ']')};
    }
    return (struct str){rest.at, str_find_char(rest, ':')};
}

static bool is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    struct in6_addr own = IN6ADDR_LOOPBACK_INIT;
    if (strcmp(host, "localhost") == 0) {
        return true;
    }
    if (inet_pton(AF_INET, host, &v4) == 1) {
        return ntohl(v4.s_addr) >> 24 == 127;
    }
    return inet_pton(AF_INET6, host, &v6) == 1 && memcmp(&v6, &own, sizeof v6) == 0;
}

// What may be asked without TLS: nobody else listens there.
static bool is_allowed(struct str url, struct arena *arena)
{
    static const char *const HOSTS[] = {"169.254.170.2", "169.254.170.23",
                                        "fd00:ec2::23"};
    struct str host = host_of(url);
    if (str_find_char(url, '@') < url.len || str_find_char(url, '\\') < url.len ||
        host.len == 0) {
        return false;
    }
    bool good = str_starts(url, STR("https://"));
    if (!good && str_starts(url, STR("http://"))) {
        good = is_loopback(arena_str(arena, host).at);
        for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++) {
            good = good || str_is(host, HOSTS[i]);
        }
    }
    for (size_t i = 0; good && i < url.len; i++) {
        good = url.at[i] > ' ' && url.at[i] <= '~';
    }
    return good;
}

// False: diagnosed. *out stays empty where no token is asked for.
static bool read_token(struct str *out, const char *whose,
                       const struct provider *provider)
{
    struct str path = str_from(getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
    const char *from = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    *out = (struct str){0};
    if (path.len == 0) {
        from = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
        *out = str_from(getenv(from));
    } else {
        char *real = heap_realpath(path.at);
        enum file_result result =
            real == NULL ? FILE_ERRNO
                         : file_read(out, real, TOKEN_MAX, provider->secrets);
        free(real);
        if (result != FILE_OK) {
            diag_add(provider->diags, DIAG_CREDENTIALS, NOWHERE, "%s: %s: %s", whose,
                     from, result == FILE_ERRNO ? strerror(errno) : "it is no token");
            return false;
        }
    }
    if (out->len > 0 && !is_header(*out)) {
        diag_add(provider->diags, DIAG_CREDENTIALS, NOWHERE,
                 "%s: %s holds what no header may hold", whose, from);
        return false;
    }
    return true;
}

bool container_fetch(struct fetched *out, const struct origin *origin,
                     const struct provider *provider)
{
    const char *whose = origin_words(origin, provider->diags->arena).at;
    struct str token;
    struct aws_answer answer;
    if (!is_allowed(origin->url, provider->secrets)) {
        struct diag *diag = diag_add(provider->diags, DIAG_CREDENTIALS, NOWHERE,
                                     "%s: credentials are not asked for there", whose);
        diag_help(
            provider->diags, diag,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI begins with https://, or names this "
            "machine or the addresses of ECS and EKS");
        return false;
    }
    if (!read_token(&token, whose, provider)) {
        return false;
    }
    const char *headers[2] = {"Accept: application/json"};
    if (token.len > 0) {
        headers[1] =
            arena_printf(provider->secrets, "Authorization: %.*s", STR_ARG(token)).at;
    }
    struct aws_call call = {
        .method = "GET",
        .url = origin->url,
        .headers = headers,
        .header_count = token.len > 0 ? 2 : 1,
        .direct = true,
        .connect_ms = CONTAINER_MS,
        .call_ms = 2 * CONTAINER_MS,
        .attempts = CONTAINER_ATTEMPTS,
        .pause_ms = CONTAINER_PAUSE_MS,
    };
    if (!aws_call_send(&answer, &call, provider)) {
        return false;
    }
    return answer.failure == HTTP_COMPLETE && answer.status == 200
               ? read_keys(out, answer.body, whose, provider)
               : aws_call_diagnose(&answer, &call, whose, provider->diags);
}

// ---- an instance's

struct imds {
    const struct provider *provider;
    struct str url;
    unsigned seconds;
    unsigned attempts;
};

static unsigned number(struct str text, unsigned usual, unsigned max)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.at[i]) || value > max) {
            return usual;
        }
        value = value * 10 + (unsigned)(text.at[i] - '0');
    }
    return text.len == 0 || value == 0 ? usual : value < max ? value : max;
}

static struct str imds_url(const struct aws_profile *profile)
{
    struct str url = aws_setting(profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                                 "ec2_metadata_service_endpoint");
    struct str mode = aws_setting(profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                                  "ec2_metadata_service_endpoint_mode");
    if (url.len == 0) {
        return mode.len == 4 && mode.at[3] == '6' ? STR(IMDS_URL_IPV6) : STR(IMDS_URL);
    }
    url.len -= url.at[url.len - 1] == '/' ? 1 : 0;
    return url;
}

static bool ask(struct aws_answer *out, const struct imds *imds, const char *method,
                const char *path, struct str header)
{
    const char *headers[] = {header.at};
    struct aws_call call = {
        .method = method,
        .url =
            arena_printf(imds->provider->secrets, "%.*s%s", STR_ARG(imds->url), path),
        .headers = headers,
        .header_count = 1,
        .direct = true,
        .connect_ms = imds->seconds * 1000,
        .call_ms = imds->seconds * 1000,
        .attempts = imds->attempts,
    };
    return aws_call_send(out, &call, imds->provider) && out->failure == HTTP_COMPLETE &&
           out->status == 200 && out->body.len > 0;
}

// Nobody else is asked afterwards, so this is where it is said that there are none.
static bool report_none(const struct provider *provider)
{
    return !stop_is_set(provider->stop) &&
           provided_report_none(provider, ", and this machine has no role");
}

bool imds_fetch(struct fetched *out, const struct origin *origin,
                const struct provider *provider)
{
    const struct aws_profile *profile = provider->profile;
    struct aws_answer answer;
    struct imds imds = {
        .provider = provider,
        .url = imds_url(profile),
        .seconds = number(aws_setting(profile, "AWS_METADATA_SERVICE_TIMEOUT",
                                      "metadata_service_timeout"),
                          1, IMDS_SECONDS_MAX),
        .attempts = number(aws_setting(profile, "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
                                       "metadata_service_num_attempts"),
                           1, IMDS_ATTEMPTS_MAX),
    };
    struct arena *secrets = provider->secrets;
    if (!ask(&answer, &imds, "PUT", "/latest/api/token",
             STR("x-aws-ec2-metadata-token-ttl-seconds: 21600")) ||
        !is_header(answer.body)) {
        return report_none(provider);
    }
    struct str token =
        arena_printf(secrets, "x-aws-ec2-metadata-token: %.*s", STR_ARG(answer.body));
    if (!ask(&answer, &imds, "GET", IMDS_PATH, token)) {
        return report_none(provider);
    }
    struct str role = {answer.body.at, str_find_char(answer.body, '\n')};
    role = str_trim(role);
    bool usual = role.len > 0 && role.len <= ROLE_MAX;
    for (size_t i = 0; usual && i < role.len; i++) {
        char c = role.at[i];
        usual = ascii_is_alnum(c) || strchr("+=,.@_-", c) != NULL;
    }
    const char *path =
        arena_printf(secrets, IMDS_PATH "%.*s", STR_ARG(usual ? role : STR(""))).at;
    if (!usual || !ask(&answer, &imds, "GET", path, token)) {
        return report_none(provider);
    }
    return read_keys(out, answer.body, origin_words(origin, provider->diags->arena).at,
                     provider);
}
