// A client and a time enter; whether the endpoint answered leaves. One small question is
// asked again and again, in a slot of its own, so that neither the retries of calls nor
// their time-outs outlast the time that was given.
#include "answer_wait.h"

#include "instant.h"

#define PAUSE_FIRST_MS 50u
#define PAUSE_MAX_MS 1000u
#define SLICE_MS 200u // how long a signal may go unnoticed

bool answer_wait_helps(const struct reply *reply)
{
    switch (reply->cause) {
    case REPLY_CAUSE_REFUSED:
    case REPLY_CAUSE_UNRESOLVED:
    case REPLY_CAUSE_TIMEOUT:
    case REPLY_CAUSE_BROKEN:
    case REPLY_CAUSE_OTHER:
        return true;
    case REPLY_CAUSE_SERVICE: // in trouble; one that throttles is there
        return reply->kind == REPLY_TRANSIENT;
    case REPLY_CAUSE_FOREIGN: // a gateway whose server is not up yet
        return reply->status >= 502 && reply->status <= 504;
    case REPLY_CAUSE_TLS:
    case REPLY_CAUSE_UNTRUSTED:
    case REPLY_CAUSE_CHECKSUM:
    case REPLY_CAUSE_INTERRUPTED:
        return false;
    }
    return false;
}

// One question. False: interrupted.
static bool ask(struct reply *reply, struct client *client, uint64_t until_ms)
{
    *reply = (struct reply){.kind = REPLY_TRANSIENT, .cause = REPLY_CAUSE_TIMEOUT};
    client_start(client, 0, "ListTables", STR("{\"Limit\":1}"));
    while (!stop_is_set(client_watched(client))) {
        unsigned slot = 0;
        uint64_t now = clock_monotonic_ms();
        uint64_t left = until_ms > now ? until_ms - now : 0;
        unsigned slice = left < SLICE_MS ? (unsigned)left : SLICE_MS;
        if (client_wait(client, slice, &slot, reply)) {
            return true;
        }
        if (left == 0) {
            client_cancel(client, 0);
            return true;
        }
    }
    client_cancel(client, 0);
    return false;
}

static struct str waited(uint64_t most_ms, struct arena *arena)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_puts(&text, "waited ");
    duration_put(&text, (instant_us)most_ms * 1000);
    buf_puts(&text, " for the endpoint");
    struct str doing = arena_str(arena, buf_str(&text));
    buf_deinit(&text);
    return doing;
}

bool answer_wait(struct client *client, uint64_t most_ms, void (*show)(void *context),
                 void *context, struct diags *diags)
{
    uint64_t until_ms = clock_monotonic_ms() + most_ms;
    uint64_t pause_ms = PAUSE_FIRST_MS;
    struct reply reply;
    bool shown = false;
    while (ask(&reply, client, until_ms)) {
        if (reply.cause == REPLY_CAUSE_SERVICE && reply.kind != REPLY_TRANSIENT) {
            return true;
        }
        bool worth_it = answer_wait_helps(&reply);
        uint64_t now = clock_monotonic_ms();
        if (!worth_it || now >= until_ms) {
            const char *doing = worth_it ? waited(most_ms, diags->arena).at
                                         : "waiting for the endpoint";
            client_diagnose(client, &reply, doing, (struct span){0}, diags);
            return false;
        }
        if (!shown) {
            show(context);
            shown = true;
        }
        uint64_t left = until_ms - now;
        if (!client_sleep(client, pause_ms < left ? pause_ms : left)) {
            return false;
        }
        pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
    }
    return false;
}
