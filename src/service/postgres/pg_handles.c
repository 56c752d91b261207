// Handles from Postgres. Enters: the distinct handles of a run. Leaves: users with the
// query's columns, or a diagnostic without any secret in it.
//
// The server is a stranger, and so may be the query. Another process asks
// (pg_session.c); what it tells becomes users in pg_answer.c. When its time is up, or
// the user interrupts, that process is killed.
#include "pg_handles.h"

#include "instant.h"
#include "pg_answer.h"
#include "pg_session.h"
#include "worker.h"

#include <errno.h>
#include <string.h>

#define GRACE_MS 2000u // for the other process to say itself what took too long
#define BLOCK_BYTES 65536

struct asking {
    struct pg_answer answer;
    struct worker worker;
    struct wait_limits limits;
};

// The server has its time from the connection on.
static bool take(struct asking *asking, struct str bytes)
{
    enum pg_answer_stage before = asking->answer.stage;
    bool fine = pg_answer_take(&asking->answer, bytes);
    if (before == PG_ANSWER_NOTHING && asking->answer.stage != before) {
        asking->limits.deadline_ms =
            clock_monotonic_ms() + (uint64_t)1000 * PG_ANSWER_SECONDS + GRACE_MS;
    }
    return fine;
}

// Until the other process has said all, or there is something to refuse.
static bool answer_read(struct asking *asking)
{
    struct pg_answer *answer = &asking->answer;
    char block[BLOCK_BYTES];
    while (answer->stage != PG_ANSWER_COMPLETE) {
        size_t got = 0;
        switch (
            worker_read(&asking->worker, block, sizeof block, &got, &asking->limits)) {
        case WAITED_TOO_LONG:
            return pg_answer_refuse(answer, "the server does not answer in time");
        case WAITED_INTERRUPTED:
            return false;
        case WAITED_READY:
        default:
            break;
        }
        if (got == 0) {
            return !stop_is_set(asking->limits.stop) &&
                   pg_answer_refuse(answer, "the look-up ended before its answer did");
        }
        if (!take(asking, (struct str){block, got})) {
            return false;
        }
    }
    return true;
}

static bool ask(struct asking *asking, const struct pg_handles *pg,
                const struct str *handles, size_t count)
{
    struct pg_question question = {
        .url = pg->url,
        .query = pg->query,
        .handles = handles,
        .count = count,
        .stop = pg->stop,
    };
    if (!pg_url_check(&pg->url, asking->answer.diags)) {
        return false;
    }
    asking->limits = (struct wait_limits){
        clock_monotonic_ms() + (uint64_t)1000 * pg_url_connect_seconds(&pg->url) +
            GRACE_MS,
        pg->stop};
    if (!worker_start(&asking->worker, pg_session_work, &question)) {
        return pg_answer_refuse(&asking->answer, strerror(errno));
    }
    bool fine = answer_read(asking);
    worker_end(&asking->worker);
    return fine;
}

static bool find(void *context, struct users *users, const struct str *handles,
                 size_t count, struct diags *diags)
{
    struct asking asking = {0};
    pg_answer_init(&asking.answer, context, users, handles, count, diags);
    bool fine = ask(&asking, context, handles, count);
    pg_answer_deinit(&asking.answer);
    return fine;
}

struct handle_lookup pg_handles_lookup(struct pg_handles *pg)
{
    return (struct handle_lookup){find, pg};
}
