// A link with Postgres: the connection, its results, and what is told of both. Enters:
// bytes of a server. Leaves: results one by one, or a frame that says what is wrong.
#include "pg_link.h"

#include "file.h"
#include "instant.h"
#include "pg_words.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define WORDS_BYTES ((size_t)64 * 1024)
#define NO_FILE "/dev/null/none" // a path at which there can be nothing

// ---- frames

// False: nobody listens any more.
bool pg_link_flush(struct pg_link *link)
{
    bool fine = !link->pending.overflowed &&
                file_write_all(link->answer, buf_str(&link->pending));
    buf_reset(&link->pending);
    return fine;
}

bool pg_link_say(struct pg_link *link, enum pg_frame_kind kind, struct str text)
{
    size_t begin = pg_frame_open(&link->pending, kind);
    if (text.at != NULL) {
        pg_frame_put(&link->pending, text);
    }
    pg_frame_close(&link->pending, begin);
    return pg_link_flush(link);
}

// False, always: for the last line of what failed.
static bool fail(struct pg_link *link, enum pg_failure failure, struct str words,
                 const char *help)
{
    char kind = (char)failure;
    size_t begin = pg_frame_open(&link->pending, PG_FAILED);
    pg_frame_put(&link->pending, (struct str){&kind, 1});
    pg_frame_put(&link->pending, words);
    pg_frame_put(&link->pending, str_from(help));
    pg_frame_close(&link->pending, begin);
    (void)pg_link_flush(link);
    return false;
}

bool pg_link_misfit(struct pg_link *link, const char *words, const char *help)
{
    return fail(link, PG_FAILURE_QUERY, str_from(words), help);
}

// With libpq's or the server's words.
static bool fail_in_words(struct pg_link *link, enum pg_failure failure,
                          const char *before, const char *words, const char *help)
{
    struct buf text;
    buf_init(&text, WORDS_BYTES);
    buf_puts(&text, before);
    pg_words_put(&text, words, link->conn, &link->question->url);
    fail(link, failure, buf_str(&text), help);
    buf_deinit(&text);
    return false;
}

static bool failed(struct pg_link *link, const char *help)
{
    const char *words = PQerrorMessage(link->conn);
    if (pg_words_tell_of_memory(words)) {
        return fail(link, PG_FAILURE_CONNECTION,
                    STR("handles from Postgres: the server sends what is broken, or "
                        "more at once than 64 MiB"),
                    "look at the handles' query and at the server");
    }
    return fail_in_words(link, PG_FAILURE_CONNECTION, "handles from Postgres: ", words,
                         help);
}

bool pg_link_failed(struct pg_link *link)
{
    return failed(link, "try again when the server is well");
}

bool pg_link_refused(struct pg_link *link, const PGresult *result)
{
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (words == NULL) { // not the server's words: the connection broke
        return pg_link_failed(link);
    }
    const struct pg_advice *advice =
        pg_advice_find(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    return fail_in_words(
        link, advice != NULL && advice->query ? PG_FAILURE_QUERY : PG_FAILURE_STATEMENT,
        "the handles' query failed: ", words, advice != NULL ? advice->help : NULL);
}

static struct str where_of(const struct pg_link *link, char *out, size_t size)
{
    const char *host = PQhost(link->conn);
    const char *port = PQport(link->conn);
    const char *database = PQdb(link->conn);
    (void)snprintf(out, size, "%s:%s/%s", host != NULL ? host : "",
                   port != NULL ? port : "", database != NULL ? database : "");
    return str_from(out);
}

// False. An interruption is not told: the user knows.
static bool silence_refuse(struct pg_link *link, enum waited waited, const char *what)
{
    char where[1024];
    char words[1280];
    if (waited == WAITED_INTERRUPTED) {
        return false;
    }
    (void)snprintf(words, sizeof words, "handles from Postgres: the server at %s %s",
                   where_of(link, where, sizeof where).at, what);
    return fail(link, PG_FAILURE_CONNECTION, str_from(words),
                "look at the server and at the network");
}

// ---- the connection

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result; // libpq's default prints to stderr
}

// What PQconnectdbParams does after its start. Afterwards PQstatus tells, unless the
// result is something else than WAITED_READY.
static enum waited session_poll(const struct pg_link *link)
{
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    while (PQstatus(link->conn) != CONNECTION_BAD && want != PGRES_POLLING_OK &&
           want != PGRES_POLLING_FAILED) {
        short events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        enum waited waited = wait_for_fd(PQsocket(link->conn), events, &link->limits);
        if (waited != WAITED_READY) {
            return waited;
        }
        want = PQconnectPoll(link->conn);
    }
    return WAITED_READY;
}

static PGconn *session_start(const struct pg_link *link)
{
    const struct pg_url *url = &link->question->url;
    char seconds[16];
    (void)snprintf(seconds, sizeof seconds, "%u", pg_url_connect_seconds(url));
    // The url may override what stands before it, not what stands behind it. What is
    // behind the encoding is for urls in files only: no password file, no key, and no
    // Kerberos ticket, which no service of that name can get.
    const char *keywords[] = {"fallback_application_name",
                              "dbname",
                              "connect_timeout",
                              "client_encoding",
                              "passfile",
                              "sslcert",
                              "sslkey",
                              "gssencmode",
                              "krbsrvname",
                              NULL};
    const char *values[] = {"ddbgen", url->text.at, seconds,   "UTF8", NO_FILE,
                            NO_FILE,  NO_FILE,      "disable", "none", NULL};
    if (url->text.len == 0) {
        values[1] = NULL; // libpq's variables: PGHOST, PGPASSWORD, ...
    }
    if (!url->written) {
        keywords[4] = NULL;
    }
    return PQconnectStartParams(keywords, values, 1);
}

static const char *connection_help(const struct pg_link *link)
{
    const struct pg_url *url = &link->question->url;
    if (url->text.len == 0) {
        return "is Postgres up, and do PGHOST, PGPORT, PGUSER, PGPASSWORD and "
               "PGDATABASE name it? --handles FILE works without one";
    }
    if (url->written && PQconnectionNeedsPassword(link->conn) != 0) {
        return "for a url that stands in a file neither PGPASSWORD nor a password file "
               "is used: put the whole url into the environment, and write url: "
               "${env.NAME}";
    }
    return "is Postgres up, and is the url right? --handles FILE works without one";
}

bool pg_link_connect(struct pg_link *link)
{
    const struct pg_question *question = link->question;
    char where[1024];
    if (question->url.written) {
        pg_url_forget_environment();
    }
    link->limits = (struct wait_limits){
        clock_monotonic_ms() + (uint64_t)1000 * pg_url_connect_seconds(&question->url),
        question->stop};
    link->conn = session_start(link);
    PQsetNoticeReceiver(link->conn, ignore_notice, NULL);
    enum waited waited = session_poll(link);
    if (waited != WAITED_READY) {
        return silence_refuse(link, waited, "does not answer in time");
    }
    if (PQstatus(link->conn) != CONNECTION_OK) {
        return failed(link, connection_help(link));
    }
    link->limits.deadline_ms =
        clock_monotonic_ms() + (uint64_t)1000 * PG_ANSWER_SECONDS;
    return pg_link_say(link, PG_CONNECTED, where_of(link, where, sizeof where));
}

// ---- statements

// The server is told to stop, too: it would go on for nobody.
static bool too_late(struct pg_link *link, enum waited waited)
{
    char error[256];
    silence_refuse(link, waited, "does not answer any more");
    PGcancel *cancel = PQgetCancel(link->conn);
    (void)PQcancel(cancel, error, sizeof error);
    PQfreeCancel(cancel);
    return false;
}

// The next result of what was sent; NULL in *out when there is none left. Every pass of
// every loop over results comes through here, and looks at the time.
bool pg_link_next(PGresult **out, struct pg_link *link)
{
    *out = NULL;
    for (;;) {
        enum waited waited = wait_check(&link->limits);
        if (waited == WAITED_READY && PQisBusy(link->conn) == 0) {
            *out = PQgetResult(link->conn);
            return true;
        }
        if (waited == WAITED_READY) {
            waited = wait_for_fd(PQsocket(link->conn), POLLIN, &link->limits);
        }
        if (waited != WAITED_READY) {
            return too_late(link, waited);
        }
        if (PQconsumeInput(link->conn) == 0) {
            return pg_link_failed(link);
        }
    }
}

// False. A server that gives more rows than were fetched, say, is none.
bool pg_link_unasked(struct pg_link *link)
{
    return fail(link, PG_FAILURE_CONNECTION,
                STR("handles from Postgres: the server answers what was not asked"),
                "is it really Postgres that listens there?");
}

// Whether a result is the end of a statement; everything else is diagnosed. A COPY
// would go on for ever: nothing that is sent here can begin one.
bool pg_link_accepts(struct pg_link *link, const PGresult *result)
{
    switch ((int)PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        return true;
    case PGRES_FATAL_ERROR:
        return pg_link_refused(link, result);
    default:
        return pg_link_unasked(link);
    }
}

// The last result of what was sent, or NULL (diagnosed).
struct pg_result *pg_link_last(struct pg_link *link)
{
    PGresult *last = NULL;
    PGresult *result = NULL;
    bool fine = true;
    while (fine && (fine = pg_link_next(&result, link)) && result != NULL) {
        PQclear(last);
        last = result;
        fine = pg_link_accepts(link, result);
    }
    if (fine && last == NULL) {
        pg_link_failed(link);
    }
    if (!fine) {
        PQclear(last);
        return NULL;
    }
    return last;
}

// The last result of constant statements.
struct pg_result *pg_link_do(struct pg_link *link, const char *statements)
{
    if (PQsendQuery(link->conn, statements) == 0) {
        pg_link_failed(link);
        return NULL;
    }
    return pg_link_last(link);
}
