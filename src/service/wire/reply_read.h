// From an HTTP response to a classified reply (rules D005 to D012, D030 to D036).
#ifndef DDB_SERVICE_REPLY_READ_H
#define DDB_SERVICE_REPLY_READ_H

#include "arena.h"
#include "client.h"
#include "http.h"
#include "str.h"

struct reply_headers {
    struct str request_id;  // x-amzn-RequestId
    struct str error_type;  // x-amzn-errortype, the fallback for __type
    struct str crc32;       // x-amz-crc32, decimal; empty: not sent
    struct str retry_after; // x-amz-retry-after in ms, else Retry-After in s
    bool retry_after_in_seconds;
};

// Pure. The body is checked whole: what is REPLY_OK is one well-formed JSON object. The
// reply's texts are borrowed from the response or live in arena.
struct reply reply_read(const struct http_response *response,
                        const struct reply_headers *headers, struct arena *arena);

// D061: codes that a wrong clock on our side may have caused.
bool reply_is_about_time(const struct reply *reply);
// D035: codes for credentials that have expired, or are not known any more.
bool reply_is_about_expiry(const struct reply *reply);

#endif
