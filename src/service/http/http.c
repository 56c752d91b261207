// libcurl behind a table of slots: http_start hands a request to the multi handle,
// http_wait pumps it, and what is done is read from the slot. A slot's easy handle is made
// when it is first used, and lives as long as the table, so that connections, DNS answers
// and TLS sessions are reused.
#include "http.h"

#include "buf.h"
#include "die.h"
#include "events.h"
#include "heap.h"
#include "instant.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 5000L
#define CALL_TIMEOUT_MS 30000L
// A connection that carries less than this is given up before the whole time-out.
#define LOW_SPEED_BYTES 1L
#define LOW_SPEED_SECONDS 20L
// Of a whole call, interim answers (1xx) included: DynamoDB's are under 1 KiB.
#define MAX_HEADER_BYTES ((size_t)64 << 10)
// Larger answers don't stay with the slot that they came into.
#define KEPT_ANSWER_BYTES ((size_t)64 << 10)
#define UPLOAD_BYTES 16384L // of each request in flight, libcurl's own buffer
#define LAST_YEAR_END INT64_C(253402300799) // 9999-12-31T23:59:59Z

enum slot_state {
    SLOT_FREE,
    SLOT_FLYING,
    SLOT_DONE, // not yet told
    SLOT_TOLD,
};

struct http_slot {
    CURL *easy;             // NULL: not used yet
    struct http_slot *next; // in the list of those that are done
    struct curl_slist *headers;
    struct buf body;
    size_t max_answer;   // of the body
    size_t header_bytes; // that came
    bool too_large;
    enum slot_state state;
    CURLcode result;
    char error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;
    struct events events;
    CURL *model;            // of all slots' handles
    struct http_slot *done; // those that are SLOT_DONE, the earliest first
    struct http_slot **done_end;
    unsigned count;
    bool secret;              // answers are wiped
    struct http_slot slots[]; // count of them
};

static size_t on_body(char *at, size_t size, size_t count, void *context)
{
    struct http_slot *slot = context;
    size_t len = size * count;
    slot->too_large = slot->too_large || len > slot->max_answer - slot->body.len;
    if (slot->too_large) {
        return 0; // ends the transfer
    }
    buf_put(&slot->body, (struct str){at, len});
    return len;
}

// Counts only: headers are read by http_find_header.
static size_t on_header(char *at, size_t size, size_t count, void *context)
{
    struct http_slot *slot = context;
    (void)at;
    slot->header_bytes += size * count;
    slot->too_large = slot->too_large || slot->header_bytes > MAX_HEADER_BYTES;
    return slot->too_large ? 0 : size * count;
}

static void must(CURLcode code)
{
    if (code != CURLE_OK) {
        die("libcurl refuses an option: %s", curl_easy_strerror(code));
    }
}

// What all handles have in common.
static CURL *model_new(const struct http_options *options)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL) {
        die("libcurl gives no handle");
    }
    must(curl_easy_setopt(easy, CURLOPT_URL, options->url));
    must(curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent));
    must(curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"));
    must(curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1));
    must(curl_easy_setopt(easy, CURLOPT_POST, 1L));
    if (options->method != NULL) {
        must(curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, options->method));
    }
    // D015: a redirect would carry the session token to another host.
    must(curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L));
    must(curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L)); // client.h on SIGPIPE
    must(curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L));
    must(curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L));
    must(curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                          options->connect_ms > 0 ? (long)options->connect_ms
                                                  : CONNECT_TIMEOUT_MS));
    must(curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                          options->call_ms > 0 ? (long)options->call_ms
                                               : CALL_TIMEOUT_MS));
    must(curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED_BYTES));
    must(curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_SECONDS));
    must(curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BYTES));
    must(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body));
    must(curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header));
    if (options->direct) {
        must(curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"));
    }
    if (options->ca_bundle != NULL) {
        must(curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_bundle));
    }
    return easy;
}

static CURL *easy_new(CURL *model, struct http_slot *slot)
{
    CURL *easy = curl_easy_duphandle(model);
    if (easy == NULL) {
        die("libcurl gives no handle");
    }
    must(curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot));
    must(curl_easy_setopt(easy, CURLOPT_HEADERDATA, slot));
    must(curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->error));
    must(curl_easy_setopt(easy, CURLOPT_PRIVATE, slot));
    return easy;
}

struct http *http_new(const struct http_options *options)
{
    // Headers with tokens pass through its memory.
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, heap_malloc, heap_free_wiping,
                             heap_realloc_wiping, heap_strdup,
                             heap_calloc) != CURLE_OK) {
        die("libcurl cannot be initialised");
    }
    struct http *http =
        calloc(1, sizeof *http + options->slots * sizeof http->slots[0]);
    if (http == NULL) {
        die("out of memory");
    }
    http->multi = curl_multi_init();
    if (http->multi == NULL) {
        die("libcurl gives no multi handle");
    }
    events_init(&http->events, http->multi);
    http->done_end = &http->done;
    http->model = model_new(options);
    http->count = options->slots;
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)options->slots);
    for (unsigned i = 0; i < http->count; i++) {
        struct http_slot *slot = &http->slots[i];
        buf_init(&slot->body, SIZE_MAX);
        if (options->secret_answer > 0) { // all at once: growing would leave copies
            (void)buf_reserve(&slot->body, options->secret_answer);
            http->secret = true;
        }
    }
    return http;
}

void http_free(struct http *http)
{
    if (http == NULL) {
        return;
    }
    for (unsigned i = 0; i < http->count; i++) {
        struct http_slot *slot = &http->slots[i];
        if (slot->state == SLOT_FLYING) {
            curl_multi_remove_handle(http->multi, slot->easy);
        }
        curl_easy_cleanup(slot->easy);
        curl_slist_free_all(slot->headers);
        if (http->secret) {
            explicit_bzero(slot->body.at, slot->body.cap);
        }
        buf_deinit(&slot->body);
    }
    curl_easy_cleanup(http->model);
    curl_multi_cleanup(http->multi);
    events_deinit(&http->events);
    curl_global_cleanup();
    free(http);
}

// Lets libcurl do what it can within that time, and collects what is done.
static void pump(struct http *http, uint64_t timeout_ms)
{
    events_run(&http->events, timeout_ms);
    int left = 0;
    CURLMsg *message = NULL;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURL *easy = message->easy_handle;
        CURLcode result = message->data.result; // message dies with remove_handle
        char *private = NULL;
        must(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private));
        struct http_slot *slot = (struct http_slot *)(void *)private;
        slot->result = result;
        slot->state = SLOT_DONE;
        slot->next = NULL;
        *http->done_end = slot;
        http->done_end = &slot->next;
        curl_multi_remove_handle(http->multi, easy);
    }
}

static void done_remove(struct http *http, struct http_slot *slot)
{
    struct http_slot **at = &http->done;
    while (*at != slot) {
        at = &(*at)->next;
    }
    *at = slot->next;
    if (slot->next == NULL) {
        http->done_end = at;
    }
}

void http_start(struct http *http, unsigned index, const char *const *headers,
                size_t count, struct str body, size_t max_answer)
{
    struct http_slot *slot = &http->slots[index];
    if (slot->state == SLOT_FLYING) {
        die("two calls in http slot %u", index);
    }
    if (slot->state == SLOT_DONE) {
        done_remove(http, slot);
    }
    if (slot->easy == NULL) {
        slot->easy = easy_new(http->model, slot);
    }
    if (slot->body.cap > KEPT_ANSWER_BYTES && !http->secret) {
        buf_deinit(&slot->body);
        buf_init(&slot->body, SIZE_MAX);
    }
    buf_reset(&slot->body);
    slot->max_answer = max_answer;
    slot->header_bytes = 0;
    slot->too_large = false;
    slot->error[0] = '\0';
    curl_slist_free_all(slot->headers);
    slot->headers = NULL;
    for (size_t i = 0; i < count; i++) {
        struct curl_slist *longer = curl_slist_append(slot->headers, headers[i]);
        if (longer == NULL) {
            die("out of memory");
        }
        slot->headers = longer;
    }
    must(curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, slot->headers));
    must(curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, body.len > 0 ? body.at : ""));
    must(curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                          (curl_off_t)body.len));
    CURLMcode code = curl_multi_add_handle(http->multi, slot->easy);
    if (code != CURLM_OK) {
        die("libcurl: %s", curl_multi_strerror(code));
    }
    slot->state = SLOT_FLYING;
    pump(http,
         0); // so that the request is on its way while the caller makes the next one
}

// The earliest of those slots that is done, which is told of then.
static bool find_done(struct http *http, unsigned first, unsigned count, unsigned *slot)
{
    for (struct http_slot *done = http->done; done != NULL; done = done->next) {
        unsigned index = (unsigned)(done - http->slots);
        if (index >= first && index - first < count) {
            done_remove(http, done);
            done->state = SLOT_TOLD;
            *slot = index;
            return true;
        }
    }
    return false;
}

bool http_wait(struct http *http, unsigned first, unsigned count, unsigned timeout_ms,
               unsigned *slot)
{
    if (find_done(http, first, count, slot)) {
        return true;
    }
    uint64_t now = clock_monotonic_ms();
    uint64_t deadline = now + timeout_ms;
    do {
        pump(http, deadline - now);
        if (find_done(http, first, count, slot)) {
            return true;
        }
        now = clock_monotonic_ms();
    } while (now < deadline);
    return false;
}

void http_cancel(struct http *http, unsigned index)
{
    struct http_slot *slot = &http->slots[index];
    if (slot->state == SLOT_FLYING) {
        curl_multi_remove_handle(http->multi, slot->easy);
    } else if (slot->state == SLOT_DONE) {
        done_remove(http, slot);
    }
    slot->state = SLOT_FREE;
}

static enum http_failure failure_of(const struct http_slot *slot)
{
    CURLcode result = slot->result; // an if-chain: CURLcode has a hundred values
    if (result == CURLE_OK) {
        return HTTP_COMPLETE;
    }
    if (slot->too_large) {
        return HTTP_TOO_LARGE;
    }
    if (result == CURLE_COULDNT_CONNECT) {
        return HTTP_REFUSED;
    }
    if (result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_RESOLVE_PROXY) {
        return HTTP_UNRESOLVED;
    }
    if (result == CURLE_OPERATION_TIMEDOUT) {
        return HTTP_TIMEOUT;
    }
    if (result == CURLE_PEER_FAILED_VERIFICATION ||
        result == CURLE_SSL_CACERT_BADFILE) {
        return HTTP_UNTRUSTED;
    }
    if (result == CURLE_SSL_CONNECT_ERROR) {
        return HTTP_TLS;
    }
    if (result == CURLE_WEIRD_SERVER_REPLY || result == CURLE_UNSUPPORTED_PROTOCOL ||
        result == CURLE_BAD_CONTENT_ENCODING) {
        return HTTP_FOREIGN;
    }
    if (result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
        result == CURLE_GOT_NOTHING || result == CURLE_PARTIAL_FILE) {
        return HTTP_BROKEN;
    }
    return HTTP_OTHER;
}

struct http_response http_get_response(const struct http *http, unsigned index)
{
    const struct http_slot *slot = &http->slots[index];
    struct http_response response = {
        .failure = failure_of(slot),
        .failure_text = "",
        .body = buf_str(&slot->body),
        .date = -1,
    };
    if (response.failure != HTTP_COMPLETE) {
        response.failure_text =
            slot->error[0] != '\0' ? slot->error : curl_easy_strerror(slot->result);
    }
    must(curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &response.status));
    struct str date = http_find_header(http, index, "date");
    if (date.len > 0) {
        int64_t told = (int64_t)curl_getdate(date.at, NULL); // NUL-terminated
        response.date = told >= 0 && told <= LAST_YEAR_END ? told : -1;
    }
    return response;
}

struct str http_find_header(const struct http *http, unsigned index, const char *name)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(http->slots[index].easy, name, 0, CURLH_HEADER, -1, &header) !=
        CURLHE_OK) {
        return str_from(NULL);
    }
    return str_from(header->value);
}
