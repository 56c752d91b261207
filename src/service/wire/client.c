// Calls of DynamoDB, or of KMS, over a table of HTTP slots. In: an operation's name and
// its JSON body. Out: a classified reply. Signs every attempt anew (D045), corrects our
// clock once when the service says that it is wrong (D062), and repeats synchronous
// calls while that is worth it. The slot behind the asynchronous ones carries the
// synchronous calls.
#include "client.h"

#include "buf.h"
#include "die.h"
#include "http.h"
#include "lease.h"
#include "operation.h"
#include "reply_read.h"
#include "sigv4.h"
#include "zip.h"

#include <stdlib.h>
#include <time.h>

#define CALL_ATTEMPTS 4           // D039: of what never answered
#define THROTTLED_LIMIT_MS 60000u // D046: the same, when it throttles from the start
#define MAX_HEADER_BYTES ((size_t)64 << 10)
#define COMPRESS_MIN_BYTES ((size_t)2 << 10)
#define KEPT_PACKED_BYTES ((size_t)64 << 10)
#define SKEW_MIN_US (INT64_C(240) * 1000000) // D062
#define POLL_SLICE_MS 200u                   // how long a signal may go unnoticed
#define INTERRUPTED_GRACE_MS 2000u           // for the answer that is under way

const struct client_service CLIENT_DYNAMODB = { // D002, D003
    "dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0"};
const struct client_service CLIENT_KMS = {"kms", "TrentService",
                                          "application/x-amz-json-1.1"};

struct client {
    enum client_compress compress;
    bool compress_proven; // one was understood
    bool *compressed;     // of each slot: its last call was
    struct buf *packed;   // of each slot: its body, then
    const struct client_service *service;
    const struct target *target;
    struct arena arena;
    struct http *http;
    struct lease *lease;
    bool own_lease;
    struct sigv4_key key;
    unsigned key_generation;      // of the lease: what the key was derived from
    unsigned *signed_generations; // of each slot
    bool acquainted;              // DynamoDB's own answer came once
    instant_us skew;              // of our clock: what is added to it
    instant_us *signed_skews; // of each slot: the skew that its call was signed with
    unsigned slots; // asynchronous ones; the slot with this number is client_call's
    const char **operations;    // slots + 1 of them: of the last call
    struct arena *reply_arenas; // the same number
    struct buf header;          // scratch for one header
    const struct stop *stop;
    struct retry_quota quota;
    unsigned most; // of calls in flight
};

static void client_init_http(struct client *client)
{
    struct http_options options = {
        .url =
            arena_printf(&client->arena, "%.*s/", STR_ARG(client->target->endpoint_url))
                .at,
        .user_agent = "ddbgen/" DDBGEN_VERSION,
        .ca_bundle = client->target->ca_bundle,
        .direct = client->target->loopback,
        .slots = client->slots + 1,
    };
    client->http = http_new(&options);
}

struct client *client_new(const struct target *target, unsigned slots,
                          struct diags *diags)
{
    return client_new_for(&CLIENT_DYNAMODB, target, slots, diags);
}

struct client *client_new_for(const struct client_service *service,
                              const struct target *target, unsigned slots,
                              struct diags *diags)
{
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        die("out of memory");
    }
    client->service = service;
    client->target = target;
    client->slots = slots;
    client->most = slots;
    client->quota = retry_quota_full();
    client->own_lease = target->lease == NULL;
    client->lease = client->own_lease ? lease_open(target, NULL, diags) : target->lease;
    if (client->lease == NULL) {
        arena_deinit(&client->arena);
        free(client);
        return NULL;
    }
    buf_init(&client->header, MAX_HEADER_BYTES);
    client->reply_arenas =
        arena_array(&client->arena, (size_t)slots + 1, sizeof *client->reply_arenas);
    client->operations =
        arena_array(&client->arena, (size_t)slots + 1, sizeof(const char *));
    client->signed_generations = arena_array(&client->arena, (size_t)slots + 1,
                                             sizeof *client->signed_generations);
    client->signed_skews =
        arena_array(&client->arena, (size_t)slots + 1, sizeof *client->signed_skews);
    client->compressed = arena_array(&client->arena, (size_t)slots + 1, sizeof(bool));
    client->packed =
        arena_array(&client->arena, (size_t)slots + 1, sizeof *client->packed);
    for (unsigned i = 0; i <= slots; i++) {
        buf_init(&client->packed[i], SIZE_MAX);
    }
    client_init_http(client);
    return client;
}

void client_free(struct client *client)
{
    if (client == NULL) {
        return;
    }
    http_free(client->http);
    for (unsigned i = 0; i <= client->slots; i++) {
        buf_deinit(&client->packed[i]);
        arena_wipe(&client->reply_arenas[i]); // session tokens are in their headers
    }
    sigv4_key_deinit(&client->key);
    if (client->own_lease) {
        lease_close(client->lease);
    }
    explicit_bzero(client->header.at, client->header.cap);
    buf_deinit(&client->header);
    arena_deinit(&client->arena);
    free(client);
}

void client_watch(struct client *client, const struct stop *stop)
{
    client->stop = stop;
}

const struct stop *client_watched(const struct client *client)
{
    return client->stop;
}

const struct target *client_get_target(const struct client *client)
{
    return client->target;
}

struct retry_quota *client_quota(struct client *client)
{
    return &client->quota;
}

void client_compress(struct client *client, enum client_compress compress)
{
    client->compress = compress;
}

void client_limit(struct client *client, unsigned most)
{
    client->most = most;
}

unsigned client_get_most(const struct client *client)
{
    return client->most;
}

unsigned client_get_slots(const struct client *client)
{
    return client->slots;
}

bool client_sleep(const struct client *client, uint64_t ms)
{
    uint64_t deadline = clock_monotonic_ms() + ms;
    while (!stop_is_set(client->stop)) {
        uint64_t now = clock_monotonic_ms();
        if (now >= deadline) {
            return true;
        }
        uint64_t left = deadline - now < POLL_SLICE_MS ? deadline - now : POLL_SLICE_MS;
        struct timespec slice = {.tv_nsec = (long)left * 1000000L};
        nanosleep(&slice, NULL); // a signal ends it early, and the stop is looked at
    }
    return false;
}

struct lease *client_get_lease(const struct client *client)
{
    return client->lease;
}

// What to sign with; a key that was derived from earlier credentials is of no use.
static const struct credentials *current_credentials(struct client *client)
{
    const struct credentials *credentials = lease_get(client->lease);
    unsigned generation = lease_generation(client->lease);
    if (generation != client->key_generation) {
        sigv4_key_deinit(&client->key);
        client->key_generation = generation;
    }
    return credentials;
}

// "Name: value" in the slot's arena.
static const char *header(struct client *client, struct arena *arena, const char *name,
                          struct str value)
{
    buf_reset(&client->header);
    buf_puts(&client->header, name);
    buf_put(&client->header, value);
    return arena_str(arena, buf_str(&client->header)).at;
}

// What is sent of a body: what is signed, too.
static struct str pack(struct client *client, unsigned slot, struct str body)
{
    struct buf *packed = &client->packed[slot];
    client->compressed[slot] = false;
    if (client->compress == CLIENT_COMPRESS_NEVER || body.len < COMPRESS_MIN_BYTES) {
        return body;
    }
    if (packed->cap > KEPT_PACKED_BYTES) {
        buf_deinit(packed);
        buf_init(packed, SIZE_MAX);
    }
    buf_reset(packed);
    zip_gzip(packed, body);
    client->compressed[slot] = packed->len < body.len;
    return client->compressed[slot] ? buf_str(packed) : body;
}

static void start(struct client *client, unsigned slot, const char *operation,
                  struct str json)
{
    struct str body = pack(client, slot, json);
    struct arena *arena = &client->reply_arenas[slot];
    arena_reset(arena);
    client->signed_skews[slot] = client->skew;
    client->operations[slot] = operation;
    const struct client_service *service = client->service;
    struct str target = arena_printf(arena, "%s.%s", service->target, operation);
    struct sigv4_request request = {
        .service = str_from(service->name),
        .content_type = str_from(service->content_type),
        .host = client->target->host,
        .target = target,
        .body = body,
        .region = client->target->region,
        .date = instant_now() + client->skew,
    };
    const struct credentials *credentials = current_credentials(client);
    client->signed_generations[slot] = client->key_generation;
    struct buf authorization;
    char date[16];
    buf_init(&authorization, MAX_HEADER_BYTES);
    sigv4_sign_with(&authorization, date, &request, credentials, &client->key);

    const char *headers[9];
    size_t count = 0;
    headers[count++] =
        header(client, arena, "Content-Type: ", str_from(service->content_type));
    headers[count++] = header(client, arena, "Host: ", client->target->host);
    headers[count++] = header(client, arena, "X-Amz-Date: ", (struct str){date, 16});
    headers[count++] = header(client, arena, "X-Amz-Target: ", target);
    headers[count++] =
        header(client, arena, "Authorization: ", buf_str(&authorization));
    if (credentials->session_token.len > 0) {
        headers[count++] =
            header(client, arena, "X-Amz-Security-Token: ", credentials->session_token);
    }
    if (client->compressed[slot]) {
        headers[count++] = "Content-Encoding: gzip";
    }
    headers[count++] = "Expect:"; // E11: no pause before large bodies
    buf_deinit(&authorization);
    http_start(client->http, slot, headers, count, body,
               operation_max_answer(operation));
}

// D062, D063: a refused signature and a Date far from our clock. True: the clock was
// corrected, and repeating the call is worth it.
static bool clock_correct(struct client *client, unsigned slot,
                          const struct reply *reply, int64_t date)
{
    if (!reply_is_about_time(reply) || date < 0 ||
        http_find_header(client->http, slot, "age").len > 0) {
        return false;
    }
    instant_us skew = date * 1000000 - instant_now();
    // Small when a correction did not help. Not measured against client->skew: another
    // call that was in flight may have corrected that already.
    instant_us change = skew - client->signed_skews[slot];
    if (change > -SKEW_MIN_US && change < SKEW_MIN_US) {
        return false;
    }
    client->skew = skew;
    return true;
}

// D035: refused as expired, and there are newer ones. True: repeating is worth it.
static bool renewed(struct client *client, unsigned slot, const struct reply *reply)
{
    return reply_is_about_expiry(reply) &&
           lease_renew(client->lease, client->signed_generations[slot]);
}

// Nobody promises that gzip is understood. True: this was one of the first, and refused;
// there are no more, and repeating the call is worth it.
static bool uncompressed(struct client *client, unsigned slot,
                         const struct reply *reply)
{
    if (!client->compressed[slot] || client->compress_proven) {
        return false;
    }
    client->compress_proven = reply->kind == REPLY_OK;
    if (reply->kind != REPLY_FATAL || client->compress == CLIENT_COMPRESS_ALWAYS) {
        return false;
    }
    client->compress = CLIENT_COMPRESS_NEVER;
    return true;
}

static struct reply finish(struct client *client, unsigned slot)
{
    struct http_response response = http_get_response(client->http, slot);
    struct reply_headers headers = {
        .request_id = http_find_header(client->http, slot, "x-amzn-requestid"),
        .error_type = http_find_header(client->http, slot, "x-amzn-errortype"),
        .crc32 = http_find_header(client->http, slot, "x-amz-crc32"),
        .retry_after = http_find_header(client->http, slot, "x-amz-retry-after"),
    };
    if (headers.retry_after.len == 0) {
        headers.retry_after = http_find_header(client->http, slot, "retry-after");
        headers.retry_after_in_seconds = true;
    }
    struct reply reply = reply_read(&response, &headers, &client->reply_arenas[slot]);
    reply.operation = client->operations[slot];
    if (response.failure == HTTP_COMPLETE && response.status == 200 &&
        (response.body.len == 0 || str_is(response.body, "\"\"")) && // dynalite's
        operation_is_silent(reply.operation)) {
        reply.kind = REPLY_OK;
        reply.cause = REPLY_CAUSE_SERVICE;
    }
    client->acquainted =
        client->acquainted || (reply.cause == REPLY_CAUSE_SERVICE &&
                               (reply.kind == REPLY_OK || reply.kind == REPLY_FATAL));
    bool unread = uncompressed(client, slot, &reply);
    if (reply.kind == REPLY_FATAL &&
        (unread || clock_correct(client, slot, &reply, response.date) ||
         renewed(client, slot, &reply))) {
        reply.kind = REPLY_TRANSIENT;
    }
    return reply;
}

static struct reply interrupted_reply(void)
{
    return (struct reply){.kind = REPLY_FATAL,
                          .cause = REPLY_CAUSE_INTERRUPTED,
                          .message = STR("interrupted")};
}

static struct reply call_once(struct client *client, const char *operation,
                              struct str body)
{
    unsigned slot = client->slots;
    start(client, slot, operation, body);
    uint64_t give_up = UINT64_MAX;
    while (!http_wait(client->http, slot, 1, POLL_SLICE_MS, &slot)) {
        uint64_t now = clock_monotonic_ms();
        if (give_up == UINT64_MAX && stop_is_set(client->stop)) {
            give_up = now + INTERRUPTED_GRACE_MS;
        }
        if (now >= give_up) {
            http_cancel(client->http, slot);
            return interrupted_reply();
        }
    }
    return finish(client, slot);
}

// Whether to send again what failed `attempts` times in `spent_ms`. paid: there were
// tokens for it.
static bool is_worth_repeating(const struct client *client, const struct reply *reply,
                               unsigned attempts, uint64_t spent_ms, bool paid)
{
    // What is no answer of DynamoDB's may be an emulator's to what it does not know,
    // and would be the same for ever; a gateway's words about it are another matter.
    bool hopeless =
        reply->status == 501 || (reply->cause == REPLY_CAUSE_FOREIGN &&
                                 (reply->status < 502 || reply->status > 504));
    if (attempts >= CALL_ATTEMPTS && !paid) {
        return false;
    }
    if (reply->kind == REPLY_THROTTLED) {
        return spent_ms <=
               (client->acquainted ? RETRY_PATIENCE_MS : THROTTLED_LIMIT_MS);
    }
    return reply->kind == REPLY_TRANSIENT &&
           (attempts < CALL_ATTEMPTS ||
            (client->acquainted && !hopeless && spent_ms <= RETRY_PATIENCE_MS));
}

struct reply client_call(struct client *client, const char *operation, struct str body)
{
    uint64_t begun = clock_monotonic_ms();
    unsigned cost = 0; // of the last attempt
    for (unsigned attempt = 0;; attempt++) {
        if (stop_is_set(client->stop)) {
            return interrupted_reply();
        }
        struct reply reply = call_once(client, operation, body);
        bool throttled = reply.kind == REPLY_THROTTLED;
        if (reply.kind == REPLY_OK || reply.kind == REPLY_FATAL) {
            retry_quota_return(&client->quota, cost);
            return reply;
        }
        enum retry_cause cause = throttled ? RETRY_THROTTLED : RETRY_TRANSIENT;
        uint64_t delay =
            retry_delay_ms(cause, attempt, retry_random(), reply.retry_after_ms);
        uint64_t spent = clock_monotonic_ms() - begun;
        cost = retry_cost(cause);
        bool paid = retry_quota_take(&client->quota, cost);
        cost = paid ? cost : 0;
        if (!is_worth_repeating(client, &reply, attempt + 1, spent + delay, paid)) {
            return reply;
        }
        if (!client_sleep(client, delay)) {
            return interrupted_reply();
        }
    }
}

void client_start(struct client *client, unsigned slot, const char *operation,
                  struct str body)
{
    if (slot >= client->slots) {
        die("no client slot %u", slot);
    }
    start(client, slot, operation, body);
}

void client_cancel(struct client *client, unsigned slot)
{
    http_cancel(client->http, slot);
}

bool client_wait(struct client *client, unsigned timeout_ms, unsigned *slot,
                 struct reply *reply)
{
    if (!http_wait(client->http, 0, client->slots, timeout_ms, slot)) {
        return false;
    }
    *reply = finish(client, *slot);
    return true;
}
