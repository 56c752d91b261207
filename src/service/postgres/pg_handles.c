// Handles from Postgres. Enters: the distinct handles of a run. Leaves: users with the
// query's columns, or a diagnostic without any secret in it.
//
// The server is a stranger, and so may be the query. Another process asks
// (pg_session.c); here its frames become users, one by one, each checked before it is
// kept. When its time is up, or the user interrupts, that process is killed.
#include "pg_handles.h"

#include "instant.h"
#include "map.h"
#include "pg_frame.h"
#include "pg_session.h"
#include "utf8.h"
#include "worker.h"

#include <errno.h>
#include <string.h>

#define GRACE_MS 2000u // for the other process to say itself what took too long
#define ANSWER_MAX ((size_t)128 << 20) // bytes of all rows together

struct answer {
    const struct pg_handles *pg;
    struct users *users;
    struct diags *diags;
    const struct str *handles;
    size_t count;
    struct map asked; // the handles, to anything but NULL
    struct arena arena;
    struct worker worker;
    struct wait_limits limits;
    struct buf frames; // received, not yet read
    size_t bytes;      // of all rows
    size_t rows;
    bool complete;
};

// --- what is wrong ---------------------------------------------------------------

static bool query_refuse(struct answer *answer, const char *help, const char *what)
{
    struct diag *diag = diag_add(answer->diags, DIAG_HANDLE_QUERY,
                                 answer->pg->query_span, "the handles' query %s", what);
    if (help != NULL) {
        diag_help(answer->diags, diag, "%s", help);
    }
    return false;
}

static bool row_refuse(struct answer *answer, enum diag_code code, const char *what,
                       struct str handle)
{
    diag_add(answer->diags, code, answer->pg->query_span, "%s%s", what,
             handle.len > 0 ? diag_quote(answer->diags, handle) : "");
    return false;
}

static bool connection_refuse(struct answer *answer, const char *what)
{
    struct diag *diag = diag_add(answer->diags, DIAG_POSTGRES, answer->pg->url.span,
                                 "handles from Postgres: %s", what);
    diag_help(answer->diags, diag, "look at the server and at the network");
    return false;
}

static void warn_of_superuser(struct answer *answer)
{
    struct diag *diag =
        diag_add(answer->diags, DIAG_HANDLE_SUPERUSER, answer->pg->url.span,
                 "the log-in of Postgres is a superuser, or may become one");
    diag_help(answer->diags, diag,
              "a query can call functions, and a superuser's may write files: take a "
              "role with SELECT on the users only");
}

// The words were cleaned where the connection is known.
static bool failed(struct answer *answer, struct str body)
{
    struct pg_field kind;
    struct pg_field words;
    struct pg_field help;
    if (!pg_frame_next(&kind, &body) || !pg_frame_next(&words, &body) ||
        !pg_frame_next(&help, &body) || kind.text.len != 1) {
        return false;
    }
    const bool query = kind.text.at[0] == PG_FAILURE_QUERY;
    const struct span span = kind.text.at[0] == PG_FAILURE_CONNECTION
                                 ? answer->pg->url.span
                                 : answer->pg->query_span;
    struct diag *diag =
        diag_add(answer->diags, query ? DIAG_HANDLE_QUERY : DIAG_POSTGRES, span, "%.*s",
                 STR_ARG(words.text));
    if (help.text.len > 0) {
        diag_help(answer->diags, diag, "%.*s", STR_ARG(help.text));
    }
    return false;
}

// --- what it says ----------------------------------------------------------------

static bool columns_read(struct answer *answer, struct str body)
{
    struct users *users = answer->users;
    struct pg_field field;
    while (pg_frame_next(&field, &body)) {
        if (users->column_count == USERS_MAX_COLUMNS) {
            return query_refuse(answer, NULL, "gives more than 64 columns");
        }
        if (utf8_check(field.text) < field.text.len) {
            return query_refuse(answer, NULL, "has a column name that is not UTF-8");
        }
        if (users_find_column(users, field.text) < users->column_count) {
            return query_refuse(answer, NULL,
                                arena_printf(&answer->arena,
                                             "gives two columns of the name %s",
                                             diag_quote(answer->diags, field.text))
                                    .at);
        }
        users->columns[users->column_count++] = arena_str(users->arena, field.text);
    }
    if (users_find_column(users, STR("handle")) == users->column_count) {
        return query_refuse(answer, NULL, "gives no column 'handle'");
    }
    return true;
}

static bool fields_read(struct user_field *fields, struct answer *answer,
                        struct str body)
{
    for (size_t i = 0; i < answer->users->column_count; i++) {
        struct pg_field field;
        if (!pg_frame_next(&field, &body)) {
            return connection_refuse(answer, "the server's rows are of several kinds");
        }
        fields[i] = (struct user_field){field.null, field.text};
    }
    return true;
}

// A handle that was not asked for (by a query without its WHERE) is passed over, as
// long as there are no more rows than handles.
static bool row_read(struct answer *answer, struct str body)
{
    struct users *users = answer->users;
    struct user_field fields[USERS_MAX_COLUMNS] = {0};
    const size_t key = users_find_column(users, STR("handle"));
    if (key == users->column_count || !fields_read(fields, answer, body)) {
        return false;
    }
    const struct str handle = fields[key].text;
    answer->rows++;
    answer->bytes += body.len;
    if (fields[key].null) {
        return row_refuse(answer, DIAG_HANDLE_NULL,
                          "the handles' query gives a row whose handle is NULL",
                          str_from(NULL));
    }
    if (map_find(&answer->asked, handle) != NULL) {
        for (size_t i = 0; i < users->column_count; i++) {
            if (utf8_check(fields[i].text) < fields[i].text.len) {
                return row_refuse(answer, DIAG_UTF8,
                                  "Postgres has text that is not UTF-8 for handle ",
                                  handle);
            }
        }
        if (users_add(users, handle, fields) == NULL) {
            return row_refuse(
                answer, DIAG_HANDLE_TWICE,
                "the handles' query finds more than one user with the handle ", handle);
        }
    }
    if (answer->rows > answer->count) {
        return query_refuse(answer, "select only these: WHERE handle = ANY($1::text[])",
                            "gives more rows than handles were asked for");
    }
    return answer->bytes <= ANSWER_MAX ||
           query_refuse(answer, "select only the columns that templates read",
                        "gives more than 128 MiB");
}

static bool connected(struct answer *answer, struct str body)
{
    struct pg_field where;
    if (!pg_frame_next(&where, &body)) {
        return false;
    }
    answer->users->origin = arena_str(answer->users->arena, where.text);
    if (answer->pg->asked != NULL) {
        answer->pg->asked(answer->pg->context, answer->users->origin);
    }
    answer->limits.deadline_ms =
        clock_monotonic_ms() + (uint64_t)1000 * PG_ANSWER_SECONDS + GRACE_MS;
    return true;
}

static bool frame_read(struct answer *answer, char kind, struct str body)
{
    switch (kind) {
    case PG_CONNECTED:
        return connected(answer, body);
    case PG_SUPERUSER:
        warn_of_superuser(answer);
        return true;
    case PG_COLUMNS:
        return columns_read(answer, body);
    case PG_ROW:
        return row_read(answer, body);
    case PG_COMPLETE:
        answer->complete = true;
        return true;
    case PG_FAILED:
        return failed(answer, body);
    default:
        return connection_refuse(answer, "what came from there is no answer");
    }
}

// Every frame that is whole.
static bool frames_read(struct answer *answer)
{
    struct str left = buf_str(&answer->frames);
    bool fine = true;
    while (fine && left.len >= PG_FRAME_HEAD) {
        const size_t length = pg_frame_length(left.at);
        if (length > PG_FRAME_MAX) {
            return connection_refuse(answer, "what came from there is no answer");
        }
        if (left.len - PG_FRAME_HEAD < length) {
            break;
        }
        fine = frame_read(answer, left.at[0],
                          (struct str){left.at + PG_FRAME_HEAD, length});
        left = str_skip(left, PG_FRAME_HEAD + length);
    }
    memmove(answer->frames.at, left.at, left.len);
    answer->frames.len = left.len;
    return fine;
}

// Until the other process has said all, or there is something to refuse.
static bool answer_read(struct answer *answer)
{
    const size_t block = (size_t)64 * 1024;
    while (!answer->complete) {
        size_t got = 0;
        char *to = buf_reserve(&answer->frames, block);
        if (to == NULL) {
            return connection_refuse(answer, "what came from there is no answer");
        }
        switch (worker_read(&answer->worker, to, block, &got, &answer->limits)) {
        case WAITED_TOO_LONG:
            return connection_refuse(answer, "the server does not answer in time");
        case WAITED_INTERRUPTED:
            return false;
        case WAITED_READY:
        default:
            break;
        }
        answer->frames.len += got;
        const size_t before = answer->diags->errors;
        if (got > 0 && !frames_read(answer)) {
            return answer->diags->errors > before ||
                   connection_refuse(answer, "what came from there is no answer");
        }
        if (got == 0 && !answer->complete) {
            const volatile sig_atomic_t *flag = answer->limits.interrupted;
            return (flag == NULL || *flag == 0) &&
                   connection_refuse(answer, "the look-up ended before its answer did");
        }
    }
    return true;
}

// --- asking ----------------------------------------------------------------------

static bool answer_ask(struct answer *answer)
{
    const struct pg_handles *pg = answer->pg;
    struct pg_question question = {
        .url = pg->url,
        .query = pg->query,
        .handles = answer->handles,
        .count = answer->count,
        .interrupted = pg->interrupted,
    };
    if (!pg_url_check(&pg->url, answer->diags)) {
        return false;
    }
    answer->limits = (struct wait_limits){
        clock_monotonic_ms() + (uint64_t)1000 * pg_url_connect_seconds(&pg->url) +
            GRACE_MS,
        pg->interrupted};
    if (!worker_start(&answer->worker, pg_session_work, &question)) {
        return connection_refuse(answer, strerror(errno));
    }
    const bool fine = answer_read(answer) && answer->complete;
    worker_end(&answer->worker);
    return fine;
}

static bool find(void *context, struct users *users, const struct str *handles,
                 size_t count, struct diags *diags)
{
    struct answer answer = {
        .pg = context,
        .users = users,
        .diags = diags,
        .handles = handles,
        .count = count,
    };
    buf_init(&answer.frames, 2 * PG_FRAME_MAX);
    map_init(&answer.asked, &answer.arena);
    for (size_t i = 0; i < count; i++) {
        map_add(&answer.asked, handles[i], NULL)->value = &answer;
    }
    const bool fine = answer_ask(&answer);
    arena_deinit(&answer.arena);
    buf_deinit(&answer.frames);
    return fine;
}

struct handle_lookup pg_handles_lookup(struct pg_handles *pg)
{
    return (struct handle_lookup){find, pg};
}
