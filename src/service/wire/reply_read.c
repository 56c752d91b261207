// What came back over HTTP, classified. Enters: the response as the transport had it.
// Leaves: a reply that says whether repeating is worth while, by status and error code
// only, never by the wording of a message (D007).
#include "reply_read.h"

#include "json_read.h"
#include "zip.h"

static const char *const THROTTLING_CODES[] = {
    // D030
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "LimitExceededException",
    "TransactionInProgressException",
    "Throttling",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "SlowDown",
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
    NULL,
};

static const char *const TRANSIENT_CODES[] = {
    // D031
    "RequestTimeout",
    "RequestTimeoutException",
    "ReplicatedWriteConflictException",
    "TransactionConflictException", // somebody's transaction holds the item just now
    "InternalServerError",
    "InternalServerErrorException",
    "InternalFailure",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    NULL,
};

static const char *const TIME_CODES[] = {
    // D061
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "RequestTimeTooSkewed",
    "RequestExpired",
    "RequestInTheFuture",
    "AuthFailure",
    NULL,
};

static const char *const EXPIRY_CODES[] = {
    // D035
    "ExpiredToken",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    NULL,
};

// Of a hostile server's words, at most this many bytes are carried on.
#define CODE_MAX 128
#define REQUEST_ID_MAX 128
#define MESSAGE_MAX 2000

static bool is_one_of(struct str code, const char *const *codes)
{
    for (; *codes != NULL; codes++) {
        if (str_is(code, *codes)) {
            return true;
        }
    }
    return false;
}

bool reply_is(const struct reply *reply, const char *code)
{
    return reply->cause == REPLY_CAUSE_SERVICE && str_is(reply->code, code);
}

struct reply reply_foreign(const struct reply *reply, const char *why)
{
    struct reply foreign = *reply;
    foreign.kind = REPLY_FATAL;
    foreign.cause = REPLY_CAUSE_FOREIGN;
    foreign.message = str_from(why);
    return foreign;
}

bool reply_is_about_time(const struct reply *reply)
{
    return reply->cause == REPLY_CAUSE_SERVICE && is_one_of(reply->code, TIME_CODES);
}

bool reply_is_about_expiry(const struct reply *reply)
{
    return reply->cause == REPLY_CAUSE_SERVICE && is_one_of(reply->code, EXPIRY_CODES);
}

// At most `most` bytes of text, and no half character at the end.
static struct str clip(struct str text, size_t most)
{
    if (text.len > most) {
        text.len = most;
        while (text.len > 0 && ((unsigned char)text.at[text.len] & 0xC0) == 0x80) {
            text.len--;
        }
    }
    return text;
}

// Unsigned decimal; false when it is not, or does not fit.
static bool read_uint(uint64_t *out, struct str text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c < '0' || c > '9' || value > (UINT64_MAX - 9) / 10) {
            return false;
        }
        value = value * 10 + (uint64_t)(c - '0');
    }
    *out = value;
    return text.len > 0;
}

// D009, D011: without the header there is nothing to check.
static bool checksum_fits(struct str header, struct str body)
{
    uint64_t told = 0;
    if (header.len == 0) {
        return true;
    }
    if (!read_uint(&told, str_trim(header))) {
        return false;
    }
    return told == zip_checksum(0, body);
}

// D006: "com.amazonaws.dynamodb.v20120810#ValidationException:http://..." -> the name.
static struct str code_of(struct str type)
{
    size_t hash = str_find_char(type, '#');
    if (hash < type.len) {
        type = str_skip(type, hash + 1);
    }
    return clip(str_trim((struct str){type.at, str_find_char(type, ':')}), CODE_MAX);
}

// Reads a whole JSON object; picks up __type and message of its top level on the way.
static bool object_read(struct reply *reply, struct str body, struct arena *arena)
{
    struct json_reader reader;
    json_reader_init(&reader, body, arena);
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return false;
    }
    enum json_token token;
    while ((token = json_next(&reader)) == JSON_NAME) {
        struct str name = json_text(&reader);
        token = json_next(&reader);
        if (token == JSON_STRING && str_is(name, "__type")) {
            reply->code = code_of(json_text(&reader));
        } else if (token == JSON_STRING &&
                   (str_is(name, "message") || str_is(name, "Message"))) {
            reply->message = clip(json_text(&reader), MESSAGE_MAX);
        }
        struct str raw;
        if (!json_skip(&reader, &raw)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END && json_next(&reader) == JSON_END;
}

static enum reply_kind kind_of(long status, struct str code)
{
    if (status == 429 || is_one_of(code, THROTTLING_CODES)) {
        return REPLY_THROTTLED;
    }
    if (status == 408 || status == 500 || (status >= 502 && status <= 504) ||
        is_one_of(code, TRANSIENT_CODES)) {
        return REPLY_TRANSIENT;
    }
    return REPLY_FATAL;
}

// No response, or not a whole one.
static void read_failure(struct reply *reply, const struct http_response *response)
{
    reply->kind = REPLY_TRANSIENT;
    reply->message = str_from(response->failure_text);
    switch (response->failure) {
    case HTTP_REFUSED:
        reply->cause = REPLY_CAUSE_REFUSED;
        break;
    case HTTP_UNRESOLVED:
        reply->cause = REPLY_CAUSE_UNRESOLVED;
        break;
    case HTTP_TIMEOUT:
        reply->cause = REPLY_CAUSE_TIMEOUT;
        break;
    case HTTP_BROKEN:
        reply->cause = REPLY_CAUSE_BROKEN;
        break;
    case HTTP_TLS:
        reply->cause = REPLY_CAUSE_TLS; // a broken handshake may succeed next time
        break;
    case HTTP_UNTRUSTED:
        reply->cause = REPLY_CAUSE_UNTRUSTED;
        reply->kind = REPLY_FATAL;
        break;
    case HTTP_TOO_LARGE:
        reply->cause = REPLY_CAUSE_FOREIGN;
        reply->kind = REPLY_FATAL;
        reply->message = STR("it is larger than any of DynamoDB's");
        break;
    case HTTP_FOREIGN:
        reply->cause = REPLY_CAUSE_FOREIGN;
        break;
    case HTTP_COMPLETE:
    case HTTP_OTHER:
        reply->cause = REPLY_CAUSE_OTHER;
        break;
    }
}

static void read_retry_after(struct reply *reply, const struct reply_headers *headers)
{
    uint64_t told = 0;
    if (read_uint(&told, str_trim(headers->retry_after)) && told < UINT32_MAX) {
        reply->retry_after_ms = headers->retry_after_in_seconds ? told * 1000 : told;
    }
}

struct reply reply_read(const struct http_response *response,
                        const struct reply_headers *headers, struct arena *arena)
{
    struct reply reply = {.status = response->status,
                          .request_id = clip(headers->request_id, REQUEST_ID_MAX)};
    read_retry_after(&reply, headers);
    if (response->failure != HTTP_COMPLETE) {
        read_failure(&reply, response);
        return reply;
    }
    if (!checksum_fits(headers->crc32, response->body)) {
        reply.kind = REPLY_TRANSIENT;
        reply.cause = REPLY_CAUSE_CHECKSUM;
        return reply;
    }
    bool is_object = object_read(&reply, response->body, arena);
    if (response->status == 200) {
        reply.kind = is_object ? REPLY_OK : REPLY_TRANSIENT;
        reply.cause = is_object ? REPLY_CAUSE_SERVICE : REPLY_CAUSE_FOREIGN;
        reply.body = response->body;
        reply.code = str_from(NULL);
        return reply;
    }
    if (reply.code.len == 0) {
        reply.code = code_of(headers->error_type);
    }
    reply.cause = reply.code.len > 0 ? REPLY_CAUSE_SERVICE : REPLY_CAUSE_FOREIGN;
    reply.kind = kind_of(response->status, reply.code);
    return reply;
}
