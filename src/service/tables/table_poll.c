// Polling: a question's answer is shown, the next one waits. Nothing is asked here.
#include "table_poll.h"

#include "buf.h"
#include "instant.h"
#include "stop.h"

#define WAIT_DEFAULT_MS 600000u
#define POLL_FIRST_MS 100u
#define POLL_MAX_MS 5000u

struct poll poll_begin(struct client *client, struct str name,
                       const struct wait_options *options, struct diags *diags)
{
    return (struct poll){
        .client = client,
        .options = options,
        .name = name,
        .begun_ms = clock_monotonic_ms(),
        .timeout_ms = options->timeout_ms != 0 ? options->timeout_ms : WAIT_DEFAULT_MS,
        .pause_ms = POLL_FIRST_MS,
        .diags = diags,
    };
}

void poll_show_status(struct poll *poll, struct str index, struct str status)
{
    if (!str_eq(status, poll->shown) || !str_eq(index, poll->index)) {
        poll->shown = status;
        poll->index = index;
        if (poll->options->show != NULL) {
            poll->options->show(poll->options->context, poll->name, index, status);
        }
    }
}

void poll_show(struct poll *poll, const struct live_table *live)
{
    poll_show_status(poll, live->index,
                     live->index.len > 0 ? live->index_status : live->status);
}

bool poll_refuse(struct poll *poll, const char *help, const char *what)
{
    struct str of_index = STR("");
    if (poll->index.len > 0) {
        of_index = arena_printf(poll->diags->arena, "index %s of ",
                                diag_quote(poll->diags, poll->index));
    }
    struct diag *diag =
        diag_add(poll->diags, DIAG_TABLE_STATE, (struct span){0}, "%.*stable %s %s",
                 STR_ARG(of_index), diag_quote(poll->diags, poll->name), what);
    diag_help(poll->diags, diag, "%s", help);
    return false;
}

uint64_t poll_spent_ms(const struct poll *poll)
{
    return clock_monotonic_ms() - poll->begun_ms;
}

static bool is_alive(const struct poll *poll)
{
    const struct wait_options *options = poll->options;
    return options->alive == NULL || stop_is_set(options->stop) ||
           options->alive(options->alive_context);
}

// What is waited for, in words: a status says it, but of one that is at rest already
// what is behind it (encryption, warm throughput, tags) still changes.
static bool refuse_time(struct poll *poll)
{
    struct buf time;
    buf_init(&time, SIZE_MAX);
    duration_put(&time, (instant_us)poll->timeout_ms * 1000);
    bool at_rest = poll->shown.len == 0 || str_is(poll->shown, "ACTIVE");
    struct str what = arena_printf(poll->diags->arena, "is still %.*s after %.*s",
                                   STR_ARG(at_rest ? STR("changing") : poll->shown),
                                   STR_ARG(buf_str(&time)));
    buf_deinit(&time);
    return poll_refuse(poll,
                       "it goes on there, and running this again continues with it; "
                       "--wait-timeout waits longer",
                       what.at);
}

bool poll_pause(struct poll *poll)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t end = poll->begun_ms + poll->timeout_ms;
    if (now >= end) {
        return refuse_time(poll);
    }
    uint64_t until = end - now < poll->pause_ms ? end : now + poll->pause_ms;
    while (!stop_is_set(poll->options->stop) && (now = clock_monotonic_ms()) < until) {
        uint64_t left = until - now;
        if (!client_sleep(poll->client, left < POLL_FIRST_MS ? left : POLL_FIRST_MS) ||
            !is_alive(poll)) {
            return false;
        }
    }
    poll->pause_ms += poll->pause_ms / 2;
    if (poll->pause_ms > POLL_MAX_MS) {
        poll->pause_ms = POLL_MAX_MS;
    }
    return !stop_is_set(poll->options->stop);
}
