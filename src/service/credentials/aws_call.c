// HTTP for credentials. In: a request. Out: an answer, or why there is none.
#include "aws_call.h"

#include "await.h"
#include "endpoint.h"
#include "retry.h"

#include <stdlib.h>

#define ANSWER_MAX ((size_t)256 << 10)
#define SLICE_MS 200u
#define HURRIED_MS 2000u

static const struct span NOWHERE;

// False: interrupted.
static bool pause_for(uint64_t ms, const struct provider *provider)
{
    struct wait_limits limits = {clock_monotonic_ms() + ms, provider->stop};
    return wait_for_fd(-1, 0, &limits) == WAITED_TOO_LONG; // of no descriptor at all
}

// One attempt. False: interrupted.
static bool send_once(struct aws_answer *out, struct http *http,
                      const struct aws_call *call, const struct provider *provider)
{
    unsigned slot = 0;
    http_start(http, slot, call->headers, call->header_count, call->body, ANSWER_MAX);
    while (!http_wait(http, slot, 1, SLICE_MS, &slot)) {
        if (stop_is_set(provider->stop)) {
            http_cancel(http, slot);
            return false;
        }
    }
    struct http_response response = http_get_response(http, slot);
    *out = (struct aws_answer){
        .failure = response.failure,
        .why = arena_str(provider->diags->arena, str_from(response.failure_text)).at,
        .status = response.status,
        .body = arena_str(provider->secrets, response.body),
    };
    return true;
}

static bool is_worth_repeating(const struct aws_answer *answer)
{
    switch (answer->failure) {
    case HTTP_COMPLETE:
        return answer->status == 429 || answer->status == 500 ||
               (answer->status >= 502 && answer->status <= 504);
    case HTTP_UNTRUSTED:
    case HTTP_TOO_LARGE:
    case HTTP_FOREIGN:
        return false;
    case HTTP_REFUSED:
    case HTTP_UNRESOLVED:
    case HTTP_TIMEOUT:
    case HTTP_BROKEN:
    case HTTP_TLS:
    case HTTP_OTHER:
        break;
    }
    return true;
}

bool aws_call_send(struct aws_answer *out, const struct aws_call *call,
                   const struct provider *provider)
{
    struct http_options options = {
        .url = arena_str(provider->secrets, call->url).at,
        .user_agent = "ddbgen/" DDBGEN_VERSION,
        .ca_bundle = provider->target->ca_bundle,
        .direct = call->direct,
        .slots = 1,
        .method = call->method,
        .connect_ms = provider->hurried ? HURRIED_MS : call->connect_ms,
        .call_ms = provider->hurried ? 2 * HURRIED_MS : call->call_ms,
        .secret_answer = ANSWER_MAX,
    };
    struct http *http = http_new(&options);
    bool told = false;
    for (unsigned attempt = 0; !stop_is_set(provider->stop); attempt++) {
        told = send_once(out, http, call, provider);
        if (!told || !is_worth_repeating(out) || provider->hurried ||
            attempt + 1 >= call->attempts) {
            break;
        }
        uint64_t pause = call->pause_ms > 0 ? call->pause_ms
                                            : retry_delay_ms(RETRY_TRANSIENT, attempt,
                                                             retry_random(), 0);
        told = pause_for(pause, provider);
        if (!told) {
            break;
        }
    }
    http_free(http);
    return told;
}

// ---- where to

static bool refuse_plain(const char *from, struct diags *diags)
{
    struct diag *diag = diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
                                 "%s: credentials go over https only", from);
    diag_help(diags, diag,
              "an endpoint looks like https://sts.eu-west-1.amazonaws.com");
    return false;
}

bool aws_call_endpoint(struct str *url, bool *named, enum aws_service service,
                       struct str region, const struct provider *provider)
{
    struct diags *diags = provider->diags;
    const char *from = partition_variable(service);
    bool ignored = aws_ignores_endpoints(provider->profile);
    struct str text = ignored ? STR("") : str_trim(str_from(getenv(from)));
    if (text.len == 0 && !ignored && !endpoint_is_service(provider->target->hostname)) {
        from = "AWS_ENDPOINT_URL";
        text = str_trim(str_from(getenv(from)));
    }
    if (text.len == 0 &&
        !aws_profile_endpoint(&text, &from, provider->profile, service, diags)) {
        return false;
    }
    *named = text.len > 0;
    if (!*named) {
        from = "region";
        text = partition_url(service, region, provider->target->kind, diags->arena);
    }
    struct endpoint endpoint;
    if (!region_check(region, "region", NOWHERE, diags) ||
        !endpoint_read(&endpoint, text, from, NOWHERE, diags->arena, diags)) {
        return false;
    }
    *url = endpoint.url;
    return endpoint.https || refuse_plain(from, diags);
}

// ---- what went wrong

bool aws_call_diagnose(const struct aws_answer *answer, const struct aws_call *call,
                       const char *whose, struct diags *diags)
{
    size_t path = str_find_char(str_skip(call->url, 8), '/');
    struct str host = {call->url.at, path + 8};
    struct diag *diag = NULL;
    if (answer->failure != HTTP_COMPLETE) {
        diag = diag_add(diags, DIAG_CREDENTIALS, NOWHERE, "%s: no answer from %.*s: %s",
                        whose, STR_ARG(host), answer->why);
        diag_help(diags, diag,
                  answer->failure == HTTP_UNTRUSTED
                      ? "if the host is right, name its authority's file in "
                        "AWS_CA_BUNDLE"
                      : "look at the network, at proxies and at the endpoint");
        return false;
    }
    diag_add(diags, DIAG_CREDENTIALS, NOWHERE,
             "%s: what %.*s answers (HTTP %ld) is of no use", whose, STR_ARG(host),
             answer->status);
    return false;
}
