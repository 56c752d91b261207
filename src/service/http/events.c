// libcurl's sockets and its timer. Enter: which sockets it waits for, and how long it wants
// to. Leaves: calls into it when something happened.
#include "events.h"

#include "die.h"
#include "instant.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AT_ONCE 64 // sockets that are told of by one epoll_wait

static void must(CURLMcode code)
{
    if (code != CURLM_OK) {
        die("libcurl: %s", curl_multi_strerror(code));
    }
}

// `known` is what curl_multi_assign gave the socket: NULL until epoll has it.
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct events *events = context;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        // Closing takes a socket out of the epoll, too, so it may be gone.
        (void)epoll_ctl(events->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    struct epoll_event event = {
        .events = ((what & CURL_POLL_IN) != 0 ? (uint32_t)EPOLLIN : 0) |
                  ((what & CURL_POLL_OUT) != 0 ? (uint32_t)EPOLLOUT : 0),
        .data.fd = fd,
    };
    int way = known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(events->epoll, way, fd, &event) != 0 &&
        (errno != EEXIST || epoll_ctl(events->epoll, EPOLL_CTL_MOD, fd, &event) != 0)) {
        die("a socket cannot be waited for: %s", strerror(errno));
    }
    must(curl_multi_assign(events->multi, fd, events));
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct events *events = context;
    (void)multi;
    events->timer_ms =
        timeout_ms < 0 ? UINT64_MAX : clock_monotonic_ms() + (uint64_t)timeout_ms;
    return 0;
}

void events_init(struct events *events, CURLM *multi)
{
    *events = (struct events){.multi = multi, .timer_ms = UINT64_MAX};
    events->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (events->epoll < 0) {
        die("no epoll: %s", strerror(errno));
    }
    must(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket));
    must(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, events));
    must(curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer));
    must(curl_multi_setopt(multi, CURLMOPT_TIMERDATA, events));
}

void events_deinit(struct events *events)
{
    close(events->epoll);
}

static int bits_of(uint32_t told)
{
    return ((told & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
           ((told & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
           ((told & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
}

static uint64_t until_timer(const struct events *events, uint64_t timeout_ms)
{
    if (events->timer_ms == UINT64_MAX) {
        return timeout_ms;
    }
    uint64_t now = clock_monotonic_ms();
    uint64_t left = events->timer_ms > now ? events->timer_ms - now : 0;
    return left < timeout_ms ? left : timeout_ms;
}

void events_run(struct events *events, uint64_t timeout_ms)
{
    struct epoll_event told[AT_ONCE];
    uint64_t wait = until_timer(events, timeout_ms);
    int running = 0;
    int count =
        epoll_wait(events->epoll, told, AT_ONCE, wait < INT_MAX ? (int)wait : INT_MAX);
    if (count < 0 && errno != EINTR) { // a signal ends the wait: its caller looks
        die("epoll_wait: %s", strerror(errno));
    }
    for (int i = 0; i < count; i++) {
        must(curl_multi_socket_action(events->multi, told[i].data.fd,
                                      bits_of(told[i].events), &running));
    }
    if (events->timer_ms <= clock_monotonic_ms()) {
        events->timer_ms = UINT64_MAX; // unless it sets another one now
        must(curl_multi_socket_action(events->multi, CURL_SOCKET_TIMEOUT, 0, &running));
    }
}
