// A session with Postgres, in a process that does nothing else. Enters: a connection
// url, the handles' query, the handles. Leaves: frames with what the query gives.
//
// What libpq does by itself can be neither interrupted nor limited: it looks names up,
// hashes a password as often as the server wants, reads a value whole, remembers every
// parameter that the server reports. So this process may take only so much memory, and
// the one that asked ends it when its time is up.
#include "pg_session.h"

#include "file.h"
#include "instant.h"
#include "pg_frame.h"
#include "pg_words.h"
#include "wait.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define BEGIN                                                                          \
    "BEGIN READ ONLY; SET LOCAL statement_timeout = '10s'; "                           \
    "SELECT pg_catalog.bool_or(rolsuper) FROM pg_catalog.pg_roles "                    \
    "WHERE rolname OPERATOR(pg_catalog.=) session_user"
#define ROLLBACK "ROLLBACK"
// Behind it stands the query as it was written: nothing may follow that a comment at
// its end could swallow.
#define DECLARE "DECLARE ddbgen_handles NO SCROLL CURSOR FOR "
#define FETCH_FORMAT "FETCH FORWARD %zu FROM ddbgen_handles"
#define PORTION ((size_t)500)
#define TEXT_ARRAY_OID 1009
#define ARRAY_MAX ((size_t)256 << 20)
#define MEMORY_MAX ((size_t)64 << 20) // beyond the parameter and what there is before
#define PENDING_BYTES ((size_t)64 * 1024)
#define NO_FILE "/dev/null/none" // a path at which there can be nothing

struct session {
    const struct pg_question *question;
    PGconn *conn;
    int answer;
    struct buf pending; // frames not yet written
    struct wait_limits limits;
    size_t rows; // that were sent on
};

// --- frames
// ---------------------------------------------------------------------------

// False: nobody listens any more.
static bool flush(struct session *session)
{
    const bool fine = !session->pending.overflowed &&
                      file_write_all(session->answer, buf_str(&session->pending));
    buf_reset(&session->pending);
    return fine;
}

static bool say(struct session *session, enum pg_frame_kind kind, struct str text)
{
    const size_t begin = pg_frame_open(&session->pending, kind);
    if (text.at != NULL) {
        pg_frame_put(&session->pending, text);
    }
    pg_frame_close(&session->pending, begin);
    return flush(session);
}

// False, always: for the last line of what failed.
static bool fail(struct session *session, enum pg_failure failure, struct str words,
                 const char *help)
{
    const char kind = (char)failure;
    const size_t begin = pg_frame_open(&session->pending, PG_FAILED);
    pg_frame_put(&session->pending, (struct str){&kind, 1});
    pg_frame_put(&session->pending, words);
    pg_frame_put(&session->pending, str_from(help));
    pg_frame_close(&session->pending, begin);
    (void)flush(session);
    return false;
}

static bool fail_query(struct session *session, const char *words, const char *help)
{
    return fail(session, PG_FAILURE_QUERY, str_from(words), help);
}

// With libpq's or the server's words.
static bool fail_in_words(struct session *session, enum pg_failure failure,
                          const char *before, const char *words, const char *help)
{
    struct buf text;
    buf_init(&text, PENDING_BYTES);
    buf_puts(&text, before);
    pg_words_put(&text, words, session->conn, &session->question->url);
    fail(session, failure, buf_str(&text), help);
    buf_deinit(&text);
    return false;
}

static bool connection_failed(struct session *session, const char *help)
{
    const char *words = PQerrorMessage(session->conn);
    if (pg_words_tell_of_memory(words)) {
        return fail(session, PG_FAILURE_CONNECTION,
                    STR("handles from Postgres: the server sends what is broken, or "
                        "more at once than 64 MiB"),
                    "look at the handles' query and at the server");
    }
    return fail_in_words(session, PG_FAILURE_CONNECTION,
                         "handles from Postgres: ", words, help);
}

static bool statement_failed(struct session *session, const PGresult *result)
{
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (words == NULL) { // not the server's words: the connection broke
        return connection_failed(session, "try again when the server is well");
    }
    const struct pg_advice *advice =
        pg_advice_find(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    return fail_in_words(
        session,
        advice != NULL && advice->query ? PG_FAILURE_QUERY : PG_FAILURE_STATEMENT,
        "the handles' query failed: ", words, advice != NULL ? advice->help : NULL);
}

static struct str where_of(const struct session *session, char *out, size_t size)
{
    const char *host = PQhost(session->conn);
    const char *port = PQport(session->conn);
    const char *database = PQdb(session->conn);
    (void)snprintf(out, size, "%s:%s/%s", host != NULL ? host : "",
                   port != NULL ? port : "", database != NULL ? database : "");
    return str_from(out);
}

// False. An interruption is not told: the user knows.
static bool silence_refuse(struct session *session, enum waited waited,
                           const char *what)
{
    char where[1024];
    char words[1280];
    if (waited == WAITED_INTERRUPTED) {
        return false;
    }
    (void)snprintf(words, sizeof words, "handles from Postgres: the server at %s %s",
                   where_of(session, where, sizeof where).at, what);
    return fail(session, PG_FAILURE_CONNECTION, str_from(words),
                "look at the server and at the network");
}

// --- the connection
// -------------------------------------------------------------------

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result; // libpq's default prints to stderr
}

// What PQconnectdbParams does after its start. Afterwards PQstatus tells, unless the
// result is something else than WAITED_READY.
static enum waited session_poll(const struct session *session)
{
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    while (PQstatus(session->conn) != CONNECTION_BAD && want != PGRES_POLLING_OK &&
           want != PGRES_POLLING_FAILED) {
        short events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        enum waited waited =
            wait_for_fd(PQsocket(session->conn), events, &session->limits);
        if (waited != WAITED_READY) {
            return waited;
        }
        want = PQconnectPoll(session->conn);
    }
    return WAITED_READY;
}

static PGconn *session_start(const struct session *session)
{
    const struct pg_url *url = &session->question->url;
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

static const char *connection_help(const struct session *session)
{
    const struct pg_url *url = &session->question->url;
    if (url->text.len == 0) {
        return "is Postgres up, and do PGHOST, PGPORT, PGUSER, PGPASSWORD and "
               "PGDATABASE name it? --handles FILE works without one";
    }
    if (url->written && PQconnectionNeedsPassword(session->conn) != 0) {
        return "for a url that stands in a file neither PGPASSWORD nor a password file "
               "is used: put the whole url into the environment, and write url: "
               "${env.NAME}";
    }
    return "is Postgres up, and is the url right? --handles FILE works without one";
}

static bool session_connect(struct session *session)
{
    const struct pg_question *question = session->question;
    char where[1024];
    if (question->url.written) {
        pg_url_forget_environment();
    }
    session->limits = (struct wait_limits){
        clock_monotonic_ms() + (uint64_t)1000 * pg_url_connect_seconds(&question->url),
        question->interrupted};
    session->conn = session_start(session);
    PQsetNoticeReceiver(session->conn, ignore_notice, NULL);
    enum waited waited = session_poll(session);
    if (waited != WAITED_READY) {
        return silence_refuse(session, waited, "does not answer in time");
    }
    if (PQstatus(session->conn) != CONNECTION_OK) {
        return connection_failed(session, connection_help(session));
    }
    session->limits.deadline_ms =
        clock_monotonic_ms() + (uint64_t)1000 * PG_ANSWER_SECONDS;
    return say(session, PG_CONNECTED, where_of(session, where, sizeof where));
}

// --- statements
// -----------------------------------------------------------------------

// The server is told to stop, too: it would go on for nobody.
static bool too_late(struct session *session, enum waited waited)
{
    char error[256];
    silence_refuse(session, waited, "does not answer any more");
    PGcancel *cancel = PQgetCancel(session->conn);
    (void)PQcancel(cancel, error, sizeof error);
    PQfreeCancel(cancel);
    return false;
}

// The next result of what was sent; NULL in *out when there is none left. Every pass of
// every loop over results comes through here, and looks at the time.
static bool session_next(PGresult **out, struct session *session)
{
    *out = NULL;
    for (;;) {
        enum waited waited = wait_check(&session->limits);
        if (waited == WAITED_READY && PQisBusy(session->conn) == 0) {
            *out = PQgetResult(session->conn);
            return true;
        }
        if (waited == WAITED_READY) {
            waited = wait_for_fd(PQsocket(session->conn), POLLIN, &session->limits);
        }
        if (waited != WAITED_READY) {
            return too_late(session, waited);
        }
        if (PQconsumeInput(session->conn) == 0) {
            return connection_failed(session, "try again when the server is well");
        }
    }
}

// Whether a result is the end of a statement; everything else is diagnosed. A COPY
// would go on for ever: nothing that is sent here can begin one.
static bool result_check(struct session *session, const PGresult *result)
{
    switch ((int)PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        return true;
    case PGRES_FATAL_ERROR:
        return statement_failed(session, result);
    default:
        return fail(session, PG_FAILURE_CONNECTION,
                    STR("handles from Postgres: the server answers what was not asked"),
                    "is it really Postgres that listens there?");
    }
}

// The last result of what was sent, or NULL (diagnosed).
static PGresult *session_last(struct session *session)
{
    PGresult *last = NULL;
    PGresult *result = NULL;
    bool fine = true;
    while (fine && (fine = session_next(&result, session)) && result != NULL) {
        PQclear(last);
        last = result;
        fine = result_check(session, result);
    }
    if (fine && last == NULL) {
        connection_failed(session, "try again when the server is well");
    }
    if (!fine) {
        PQclear(last);
        return NULL;
    }
    return last;
}

// The last result of constant statements.
static PGresult *session_do(struct session *session, const char *statements)
{
    if (PQsendQuery(session->conn, statements) == 0) {
        connection_failed(session, "try again when the server is well");
        return NULL;
    }
    return session_last(session);
}

static bool session_begin(struct session *session, bool *superuser)
{
    PGresult *result = session_do(session, BEGIN);
    const char *status = PQparameterStatus(session->conn, "is_superuser");
    *superuser = (status != NULL && strcmp(status, "on") == 0) ||
                 (result != NULL && PQntuples(result) == 1 &&
                  strcmp(PQgetvalue(result, 0, 0), "t") == 0);
    PQclear(result);
    return result != NULL;
}

// Parses the cursor's statement on the server, which says how many parameters it has.
// Nothing runs yet. *parameters is -1 when the server refuses it.
static bool session_prepare(struct session *session, const char *statement, int types,
                            int *parameters, bool tell)
{
    static const Oid TYPES[] = {TEXT_ARRAY_OID};
    *parameters = -1;
    if (PQsendPrepare(session->conn, "", statement, types, TYPES) == 0) {
        return connection_failed(session, "try again when the server is well");
    }
    PGresult *result = NULL;
    bool fine = true;
    bool accepted = false;
    while ((fine = session_next(&result, session)) && result != NULL) {
        accepted = PQresultStatus(result) == PGRES_COMMAND_OK;
        fine = (!tell && PQresultStatus(result) == PGRES_FATAL_ERROR) ||
               result_check(session, result);
        PQclear(result);
        if (!fine) {
            return false;
        }
    }
    if (!fine || !accepted) {
        return fine && !tell;
    }
    if (PQsendDescribePrepared(session->conn, "") == 0) {
        return connection_failed(session, "try again when the server is well");
    }
    result = session_last(session);
    *parameters = result != NULL ? PQnparams(result) : -1;
    PQclear(result);
    return result != NULL;
}

static bool refuse_parameters(struct session *session, int parameters)
{
    return fail_query(session,
                      parameters == 0
                          ? "the handles' query does not use its parameter $1"
                          : "the handles' query has more parameters than $1",
                      "select the handles: WHERE handle = ANY($1::text[])");
}

// Asked without a type for $1, a server tells whether the query has it at all: a
// comment does not count. What it then refuses may be for the want of that type only.
static bool session_check_parameters(struct session *session, const char *statement)
{
    int parameters = -1;
    bool superuser = false;
    if (!session_prepare(session, statement, 0, &parameters, false)) {
        return false;
    }
    if (parameters < 0) { // which ended the transaction
        PGresult *result = session_do(session, ROLLBACK);
        PQclear(result);
        return result != NULL && session_begin(session, &superuser) &&
               session_prepare(session, statement, 1, &parameters, true) &&
               (parameters == 1 || refuse_parameters(session, parameters));
    }
    return parameters == 1 ? session_prepare(session, statement, 1, &parameters, true)
                           : refuse_parameters(session, parameters);
}

// {"a","b\"c"}: the text form of a text[].
static void put_array(struct buf *out, const struct str *handles, size_t count)
{
    buf_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        buf_puts(out, i == 0 ? "\"" : ",\"");
        for (size_t at = 0; at < handles[i].len; at++) {
            char c = handles[i].at[at];
            if (c == '"' || c == '\\') {
                buf_char(out, '\\');
            }
            buf_char(out, c);
        }
        buf_char(out, '"');
    }
    buf_char(out, '}');
}

// Opens the cursor. From here on only FETCH is sent.
static bool session_declare(struct session *session, const char *array)
{
    const struct str query = session->question->query;
    struct buf statement;
    buf_init(&statement, query.len + sizeof DECLARE);
    buf_puts(&statement, DECLARE);
    buf_put(&statement, query);
    bool fine = session_check_parameters(session, buf_cstr(&statement));
    buf_deinit(&statement);
    if (!fine) {
        return false;
    }
    if (PQsendQueryPrepared(session->conn, "", 1, &array, NULL, NULL, 0) == 0) {
        return connection_failed(session, "try again when the server is well");
    }
    PGresult *result = session_last(session);
    PQclear(result);
    return result != NULL;
}

// --- rows
// -----------------------------------------------------------------------------

static bool columns_say(struct session *session, const PGresult *result)
{
    const int count = PQnfields(result);
    const size_t begin = pg_frame_open(&session->pending, PG_COLUMNS);
    for (int i = 0; i < count && i < PG_FIELDS_MAX; i++) {
        pg_frame_put(&session->pending, str_from(PQfname(result, i)));
    }
    pg_frame_close(&session->pending, begin);
    return flush(session);
}

static bool row_say(struct session *session, const PGresult *result)
{
    const int count = PQnfields(result);
    size_t bytes = 0;
    for (int i = 0; i < count; i++) {
        bytes += (size_t)PQgetlength(result, 0, i);
    }
    if (bytes > PG_ROW_MAX || count > PG_FIELDS_MAX) {
        return fail_query(session, "the handles' query gives a row of more than 1 MiB",
                          "select only the columns that templates read");
    }
    const size_t begin = pg_frame_open(&session->pending, PG_ROW);
    for (int i = 0; i < count; i++) {
        if (PQgetisnull(result, 0, i) != 0) {
            pg_frame_put_null(&session->pending);
        } else {
            pg_frame_put(&session->pending,
                         (struct str){PQgetvalue(result, 0, i),
                                      (size_t)PQgetlength(result, 0, i)});
        }
    }
    pg_frame_close(&session->pending, begin);
    session->rows++;
    return session->pending.len < PENDING_BYTES || flush(session);
}

// Fetches up to `want` rows, one result each; *got says how many there were.
static bool session_fetch(struct session *session, size_t want, size_t *got)
{
    char statement[64];
    bool fine = true;
    PGresult *result = NULL;
    *got = 0;
    (void)snprintf(statement, sizeof statement, FETCH_FORMAT, want);
    if (PQsendQueryParams(session->conn, statement, 0, NULL, NULL, NULL, NULL, 0) ==
            0 ||
        PQsetSingleRowMode(session->conn) == 0) {
        return connection_failed(session, "try again when the server is well");
    }
    while ((fine = session_next(&result, session)) && result != NULL) {
        const bool row = PQresultStatus(result) == PGRES_SINGLE_TUPLE;
        fine = result_check(session, result);
        if (fine && session->rows == 0 && *got == 0) {
            fine = columns_say(session, result);
        }
        if (fine && row) {
            *got += 1;
            // A server that gives more than was fetched is none.
            fine = *got <= want && row_say(session, result);
        }
        PQclear(result);
        if (!fine) {
            return false;
        }
    }
    return fine;
}

static bool session_ask(struct session *session, const char *array)
{
    const size_t most = session->question->count + 1; // the one that is too many
    bool superuser = false;
    if (!session_begin(session, &superuser) ||
        (superuser && !say(session, PG_SUPERUSER, (struct str){0})) ||
        !session_declare(session, array)) {
        return false;
    }
    size_t want = 0;
    size_t got = 0;
    do {
        want = most - session->rows < PORTION ? most - session->rows : PORTION;
        if (!session_fetch(session, want, &got)) {
            return false;
        }
    } while (got == want && session->rows < most);
    return say(session, PG_COMPLETE, (struct str){0});
}

// --- the process
// ----------------------------------------------------------------------

// So much memory beyond what there is. The sanitizers take terabytes by themselves.
static void limit_memory(size_t more)
{
#ifndef __SANITIZE_ADDRESS__
    struct rlimit limit;
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) {
        return;
    }
    const bool known = fscanf(file, "%lu", &pages) == 1;
    (void)fclose(file);
    if (known && getrlimit(RLIMIT_AS, &limit) == 0) {
        const rlim_t most = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + more;
        if (most < limit.rlim_cur) {
            limit.rlim_cur = most;
            (void)setrlimit(RLIMIT_AS, &limit);
        }
    }
#else
    (void)more;
#endif
}

int pg_session_work(void *context, int answer)
{
    const struct pg_question *question = context;
    struct session session = {.question = question, .answer = answer};
    struct buf array;
    buf_init(&session.pending, 2 * PG_FRAME_MAX);
    buf_init(&array, ARRAY_MAX);
    put_array(&array, question->handles, question->count);
    const char *text = buf_cstr(&array);
    limit_memory(MEMORY_MAX +
                 4 * array.len); // which libpq copies, and its buffer grows
    const bool fine = session_connect(&session) && session_ask(&session, text);
    PQfinish(session.conn); // nothing was written, so there is nothing to end first
    buf_deinit(&array);
    buf_deinit(&session.pending);
    return fine ? 0 : 1;
}
