// HTTP requests to one url, POSTs unless said otherwise, over a libcurl multi handle. The door to libcurl.
//
// A slot carries one call at a time; connections are kept and shared by all slots.
// Nothing here retries (libcurl itself sends again when a kept connection turns out to
// be dead), follows redirects, asks for compression, or knows of DynamoDB.
#ifndef DDB_SERVICE_HTTP_H
#define DDB_SERVICE_HTTP_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_failure {
    HTTP_COMPLETE, // a whole response came, whatever its status
    HTTP_REFUSED,  // nobody listens there
    HTTP_UNRESOLVED,
    HTTP_TIMEOUT,
    HTTP_BROKEN,    // reset, closed early, truncated
    HTTP_TLS,       // no agreement on TLS
    HTTP_UNTRUSTED, // the certificate was not accepted, or the CA bundle cannot be used
    HTTP_TOO_LARGE, // past max_answer, or headers without end
    HTTP_FOREIGN,   // an answer that is no HTTP
    HTTP_OTHER,
};

struct http_options {
    const char *url; // copied
    const char *user_agent;
    const char *ca_bundle; // NULL: the system's
    bool direct;           // never through a proxy, whatever the environment says
    unsigned slots;
    const char *method;  // static; NULL: POST
    unsigned connect_ms; // 0: five seconds
    unsigned call_ms;    // 0: half a minute
    size_t
        secret_answer; // answers hold secrets of up to that many bytes: they are wiped
};

struct http_response {
    enum http_failure failure;
    const char *failure_text; // libcurl's words, "" when complete
    long status;              // 0 when none came
    struct str body;
    int64_t date; // the Date header in seconds since 1970, -1 without a sound one
};

struct http;

struct http *http_new(const struct http_options *options);
void http_free(struct http *http); // NULL is fine; aborts what is in flight

// Starts a POST in a slot that is free or done. The count headers ("Name: value", or
// "Name:" to send none) are copied, the body is borrowed until the call is done. Of an
// answer at most max_answer bytes are taken; a longer one fails (HTTP_TOO_LARGE).
void http_start(struct http *http, unsigned slot, const char *const *headers,
                size_t count, struct str body, size_t max_answer);
// Waits at most timeout_ms until a call in one of the slots first .. first + count - 1
// is done. False: none is. Every done call is told once.
bool http_wait(struct http *http, unsigned first, unsigned count, unsigned timeout_ms,
               unsigned *slot);
// Gives up a call in flight; the slot is free again.
void http_cancel(struct http *http, unsigned slot);
// Of a call that is done; borrowed until the slot's next http_start.
struct http_response http_get_response(const struct http *http, unsigned slot);
// A response header's value (the first of its name), or the empty slice.
struct str http_find_header(const struct http *http, unsigned slot, const char *name);

#endif
