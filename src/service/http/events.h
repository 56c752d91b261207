// What drives a libcurl multi handle: its sockets in an epoll, its one timer. A turn costs
// what there is to do, however many requests are in flight; curl_multi_perform looks at
// all of them each time.
#ifndef DDB_SERVICE_EVENTS_H
#define DDB_SERVICE_EVENTS_H

#include <curl/curl.h>
#include <stdint.h>

struct events {
    CURLM *multi;
    int epoll;
    uint64_t timer_ms; // when libcurl wants to be called; UINT64_MAX: not at all
};

// Becomes the multi handle's own; it stays where it is.
void events_init(struct events *events, CURLM *multi);
// After the multi handle is gone.
void events_deinit(struct events *events);
// Waits at most timeout_ms for something to do, and lets libcurl do it.
void events_run(struct events *events, uint64_t timeout_ms);

#endif
