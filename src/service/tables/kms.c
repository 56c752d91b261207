// KMS, asked one question: DescribeKey. A name enters, a key's ARN leaves, or a
// sentence that says why there is none.
#include "kms.h"

#include "endpoint.h"
#include "inspect.h"
#include "instant.h"
#include "json_write.h"
#include "kms_key.h"
#include "stop.h"

#include <stdlib.h>

#define REQUEST_MAX ((size_t)16 << 10)
#define ANSWER_MAX_MS 8000u // a network without a way to KMS must not hold a run up
#define SLICE_MS 200u

// AWS's own endpoints, of whatever kind.
static bool is_aws(const struct target *target)
{
    static const char *const TAILS[] = {".amazonaws.com", ".amazonaws.com.cn",
                                        ".api.aws"};
    for (size_t i = 0; i < sizeof TAILS / sizeof TAILS[0]; i++) {
        if (target->https && str_ends(target->hostname, str_from(TAILS[i]))) {
            return true;
        }
    }
    return false;
}

// The target that KMS is. False: *why says what is missing.
static bool find_target(struct target *out, const struct target *dynamodb,
                        struct str *why, struct arena *arena)
{
    static const char *const VARIABLES[] = {"AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL"};
    bool aws = is_aws(dynamodb);
    struct str url = {0};
    const char *what = "kms";
    for (size_t i = 0; url.len == 0 && i < (aws ? 1 : 2); i++) {
        what = VARIABLES[i];
        url = str_from(getenv(what));
    }
    if (url.len == 0 && !aws) {
        *why =
            STR("nobody knows the KMS of this server (AWS_ENDPOINT_URL_KMS names it)");
        return false;
    }
    url = url.len > 0 ? url
                      : partition_url(AWS_KMS, dynamodb->region, dynamodb->kind, arena);
    struct endpoint endpoint;
    struct diags apart;
    diags_init(&apart, arena);
    if (!endpoint_read(&endpoint, url, what, (struct span){0}, arena, &apart)) {
        *why = arena_printf(arena, "%s holds no endpoint", what);
        return false;
    }
    *out = (struct target){
        .endpoint_url = endpoint.url,
        .host = endpoint.host,
        .hostname = endpoint.hostname,
        .region = dynamodb->region,
        .why = str_from(what),
        .https = endpoint.https,
        .loopback = endpoint.loopback,
        .profile = dynamodb->profile,
        .profile_hidden = dynamodb->profile_hidden,
        .ca_bundle = dynamodb->ca_bundle,
        .access_key_id = dynamodb->access_key_id,
        // What is meant for https alone goes nowhere else.
        .lease = endpoint.https == dynamodb->https ? dynamodb->lease : NULL,
    };
    return true;
}

// One attempt: this is no reason to wait.
static bool ask(struct reply *reply, struct client *kms, struct str body)
{
    uint64_t deadline = clock_monotonic_ms() + ANSWER_MAX_MS;
    unsigned slot = 0;
    client_start(kms, slot, "DescribeKey", body);
    while (!client_wait(kms, SLICE_MS, &slot, reply)) {
        if (stop_is_set(client_watched(kms)) || clock_monotonic_ms() >= deadline) {
            client_cancel(kms, slot);
            return false;
        }
    }
    return true;
}

static void answer_read(struct sse_specification *live, bool answered,
                        const struct reply *reply, const struct target *target,
                        struct arena *arena)
{
    if (answered && reply->kind == REPLY_OK) {
        live->named_key = inspect_key_arn(reply->body, arena);
        live->named = kms_key_is_arn(live->named_key) ? KMS_KEY_KNOWN : KMS_KEY_UNKNOWN;
        live->unknown = arena_printf(arena, "what answers at %.*s is no KMS",
                                     STR_ARG(target->endpoint_url));
    } else if (answered && reply_is(reply, "NotFoundException")) {
        live->named = KMS_KEY_MISSING;
    } else if (answered && reply_is(reply, "AccessDeniedException")) {
        live->unknown = STR("kms:DescribeKey is denied to these credentials");
    } else if (answered && reply->cause == REPLY_CAUSE_SERVICE) {
        live->unknown =
            arena_printf(arena, "the KMS at %.*s answers %.*s",
                         STR_ARG(target->endpoint_url), STR_ARG(reply->code));
    } else {
        live->unknown = arena_printf(arena, "no KMS answers at %.*s",
                                     STR_ARG(target->endpoint_url));
    }
}

static void describe(struct sse_specification *live, struct str name,
                     const struct target *target, const struct client *dynamodb,
                     struct arena *arena)
{
    struct diags apart;
    struct reply reply = {0};
    struct buf body;
    diags_init(&apart, arena);
    struct client *kms = client_new_for(&CLIENT_KMS, target, 1, &apart);
    if (kms == NULL) {
        live->unknown = STR("there are no credentials for KMS");
        return;
    }
    client_watch(kms, client_watched(dynamodb));
    buf_init(&body, REQUEST_MAX);
    buf_puts(&body, "{\"KeyId\":");
    json_put_string(&body, name);
    buf_char(&body, '}');
    bool answered = ask(&reply, kms, buf_str(&body));
    answer_read(live, answered, &reply, target, arena);
    buf_deinit(&body);
    client_free(kms);
}

void kms_look(struct sse_specification *live, const struct sse_specification *declared,
              const struct client *dynamodb, struct arena *arena)
{
    struct target target;
    bool both = declared->state == SETTING_ENABLED && live->state == SETTING_ENABLED;
    if (both && kms_key_match(declared, live) == KMS_UNKNOWN &&
        live->kms_master_key_id.len > 0 &&
        find_target(&target, client_get_target(dynamodb), &live->unknown, arena)) {
        describe(live, kms_key_name(declared), &target, dynamodb, arena);
    }
}
