// Handles from Postgres. The door to libpq. Enters: the distinct handles of a run.
// Leaves: users with the query's columns, or a diagnostic without any secret in it.
//
// One connection, one transaction that cannot write, one parameterised statement. The
// statement's time-out is set on the server, and the wait for it is limited here too,
// for a server that no longer answers at all. Every wait goes in slices, so that an
// interruption is noticed; only the look-up of the host's name cannot be interrupted.
#include "pg_handles.h"

#include "buf.h"
#include "instant.h"
#include "map.h"
#include "pg_mask.h"
#include "utf8.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT "10" // seconds
#define BEGIN "BEGIN READ ONLY; SET LOCAL statement_timeout = '10s'"
#define ANSWER_TIMEOUT_MS 15000u // the server's ten seconds, and some for the way
#define WAIT_SLICE_MS 200u       // how long an interruption may go unnoticed
#define TEXT_ARRAY_OID 1009
#define ARRAY_MAX ((size_t)256 << 20)

struct session {
    const struct pg_handles *pg;
    PGconn *conn;
    struct diags *diags;
};

// --- what is said when it fails
// ----------------------------------------------------------

// The first line of libpq's words, without the password in any spelling.
static struct str harmless(const struct session *session, const char *text)
{
    struct arena *arena = session->diags->arena;
    struct str line = str_from(text);
    line.len = str_find_char(line, '\n');
    line = str_trim(line);
    if (session->conn != NULL) {
        line = pg_mask(line, str_from(PQpass(session->conn)), arena);
    }
    return line;
}

static bool connection_failed(const struct session *session, const char *help)
{
    struct diag *diag =
        diag_add(session->diags, DIAG_POSTGRES, session->pg->url_span,
                 "handles from Postgres: %.*s",
                 STR_ARG(harmless(session, PQerrorMessage(session->conn))));
    diag_help(session->diags, diag, "%s", help);
    return false;
}

// Advice by SQLSTATE; NULL when the server's words are enough.
static const char *advice(const char *state)
{
    static const struct {
        const char *state;
        const char *help;
    } ROWS[] = {
        {"42P01", "is the users table in this database? load it first, or set "
                  "handles.postgres.query"},
        {"42703", "the query names a column that the table does not have"},
        {"42501", "the log-in needs the right to read these users"},
        {"42601", "the query has to be one SELECT with the parameter $1"},
        {"08P01", "the query has to have the parameter $1, and no other"},
        {"42P18", "the query has to have the parameter $1, and no other"},
        {"25006", "the query may only read"},
        {"57014",
         "the query takes longer than ten seconds: does the column handle have "
         "an index?"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (state != NULL && strcmp(state, ROWS[i].state) == 0) {
            return ROWS[i].help;
        }
    }
    return NULL;
}

static bool statement_failed(const struct session *session, const PGresult *result)
{
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (words == NULL) { // not the server's words: the connection broke
        return connection_failed(session, "try again when the server is well");
    }
    struct diag *diag =
        diag_add(session->diags, DIAG_POSTGRES, session->pg->query_span,
                 "the handles' query failed: %.*s", STR_ARG(harmless(session, words)));
    const char *help = advice(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    if (help != NULL) {
        diag_help(session->diags, diag, "%s", help);
    }
    return false;
}

// --- the connection
// ------------------------------------------------------------------------

// A password with a bare '@', '/' or '?' makes libpq take pieces of it for the host,
// the port or the database, and then name them.
static bool is_plausible(const struct pg_handles *pg, const PQconninfoOption *options)
{
    if (!str_starts(pg->url, STR("postgresql://")) &&
        !str_starts(pg->url, STR("postgres://"))) {
        return true;
    }
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        struct str name = str_from(option->keyword);
        const char *value = option->val != NULL ? option->val : "";
        if ((str_is(name, "host") || str_is(name, "dbname")) &&
            strchr(value, '@') != NULL) {
            return false;
        }
        if (str_is(name, "port") && value[strspn(value, "0123456789,")] != '\0') {
            return false;
        }
    }
    return true;
}

// libpq quotes what it cannot parse, passwords included, so its words are not passed
// on.
static bool url_check(const struct pg_handles *pg, struct diags *diags)
{
    if (pg->url.len == 0) {
        return true;
    }
    char *words = NULL;
    PQconninfoOption *options = PQconninfoParse(pg->url.at, &words);
    bool fine = options != NULL && memchr(pg->url.at, '\0', pg->url.len) == NULL &&
                is_plausible(pg, options);
    PQfreemem(words);
    PQconninfoFree(options);
    if (fine) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_POSTGRES, pg->url_span,
                                 "the connection url of Postgres is malformed");
    diag_help(
        diags, diag,
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters of the "
        "password percent-encoded");
    return false;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result; // libpq's default prints to stderr
}

static struct str session_where(const struct session *session)
{
    const char *host = PQhost(session->conn);
    const char *port = PQport(session->conn);
    const char *database = PQdb(session->conn);
    return arena_printf(session->diags->arena, "%s:%s/%s", host != NULL ? host : "",
                        port != NULL ? port : "", database != NULL ? database : "");
}

static bool silence_refuse(const struct session *session, const char *what)
{
    struct diag *diag = diag_add(session->diags, DIAG_POSTGRES, session->pg->url_span,
                                 "handles from Postgres: the server at %.*s %s",
                                 STR_ARG(session_where(session)), what);
    diag_help(session->diags, diag, "look at the server and at the network");
    return false;
}

enum waited {
    WAITED_READY,
    WAITED_TOO_LONG,
    WAITED_INTERRUPTED, // not to be diagnosed: the user knows
};

// Until the connection's socket is ready for the events of poll(2).
static enum waited session_wait(const struct session *session, short events,
                                uint64_t deadline)
{
    const volatile sig_atomic_t *interrupted = session->pg->interrupted;
    for (;;) {
        uint64_t now = clock_monotonic_ms();
        if (interrupted != NULL && *interrupted != 0) {
            return WAITED_INTERRUPTED;
        }
        if (now >= deadline) {
            return WAITED_TOO_LONG;
        }
        uint64_t left = deadline - now < WAIT_SLICE_MS ? deadline - now : WAIT_SLICE_MS;
        struct pollfd fd = {.fd = PQsocket(session->conn), .events = events};
        int ready = poll(&fd, 1, (int)left);
        if (ready > 0) {
            return WAITED_READY;
        }
        if (ready < 0 && errno != EINTR) {
            return WAITED_TOO_LONG;
        }
    }
}

// connect_timeout, which libpq keeps only in its own waits; the url may have set it.
static uint64_t connect_timeout_ms(PGconn *conn)
{
    PQconninfoOption *options = PQconninfo(conn);
    long seconds = 0;
    for (const PQconninfoOption *option = options;
         option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, "connect_timeout") == 0 && option->val != NULL) {
            seconds = strtol(option->val, NULL, 10);
        }
    }
    PQconninfoFree(options);
    return (seconds > 0 && seconds < 3600 ? (uint64_t)seconds : 3600) * 1000;
}

// What PQconnectdbParams does after its start. Afterwards PQstatus tells, unless the
// result is something else than WAITED_READY.
static enum waited session_poll(const struct session *session)
{
    if (PQstatus(session->conn) == CONNECTION_BAD) {
        return WAITED_READY;
    }
    uint64_t deadline = clock_monotonic_ms() + connect_timeout_ms(session->conn);
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    while (want != PGRES_POLLING_OK && want != PGRES_POLLING_FAILED) {
        short events = want == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        enum waited waited = session_wait(session, events, deadline);
        if (waited != WAITED_READY) {
            return waited;
        }
        want = PQconnectPoll(session->conn);
    }
    return WAITED_READY;
}

static bool session_connect(struct session *session)
{
    // The url may override what stands before it, not what stands behind it.
    const char *const keywords[] = {"connect_timeout", "fallback_application_name",
                                    "dbname", "client_encoding", NULL};
    const char *const values[] = {CONNECT_TIMEOUT, "ddbgen", session->pg->url.at,
                                  "UTF8", NULL};
    const char *const own_keywords[] = {"connect_timeout", "fallback_application_name",
                                        "client_encoding", NULL};
    const char *const own_values[] = {CONNECT_TIMEOUT, "ddbgen", "UTF8", NULL};
    if (!url_check(session->pg, session->diags)) {
        return false;
    }
    bool own = session->pg->url.len == 0; // libpq's variables: PGHOST, PGPASSWORD, ...
    session->conn = PQconnectStartParams(own ? own_keywords : keywords,
                                         own ? own_values : values, 1);
    enum waited waited = session_poll(session);
    if (waited != WAITED_READY) {
        return waited == WAITED_TOO_LONG &&
               silence_refuse(session, "does not answer in time");
    }
    if (PQstatus(session->conn) != CONNECTION_OK) {
        return connection_failed(
            session, own ? "is Postgres up, and do PGHOST, PGPORT, PGUSER, "
                           "PGPASSWORD and PGDATABASE name it? --handles FILE "
                           "works without one"
                         : "is Postgres up, and is the url right? --handles "
                           "FILE works without one");
    }
    PQsetNoticeReceiver(session->conn, ignore_notice, NULL);
    return true;
}

// The last result of what was sent, or NULL (diagnosed, or interrupted) when no answer
// comes.
static PGresult *session_await(const struct session *session)
{
    uint64_t deadline = clock_monotonic_ms() + ANSWER_TIMEOUT_MS;
    PGresult *last = NULL;
    for (;;) {
        while (PQisBusy(session->conn) == 0) {
            PGresult *result = PQgetResult(session->conn);
            if (result == NULL) {
                return last;
            }
            PQclear(last);
            last = result;
        }
        enum waited waited = session_wait(session, POLLIN, deadline);
        if (waited != WAITED_READY) {
            PQclear(last);
            if (waited == WAITED_TOO_LONG) {
                (void)silence_refuse(session, "does not answer any more");
            }
            return NULL;
        }
        if (PQconsumeInput(session->conn) == 0) {
            PQclear(last);
            connection_failed(session, "try again when the server is well");
            return NULL;
        }
    }
}

static bool session_begin(const struct session *session)
{
    if (PQsendQuery(session->conn, BEGIN) == 0) {
        return connection_failed(session, "try again when the server is well");
    }
    PGresult *result = session_await(session);
    bool fine = result != NULL && PQresultStatus(result) == PGRES_COMMAND_OK;
    if (result != NULL && !fine) {
        statement_failed(session, result);
    }
    PQclear(result);
    return fine;
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

static PGresult *session_ask(const struct session *session, const struct str *handles,
                             size_t count)
{
    static const Oid TYPES[] = {TEXT_ARRAY_OID};
    struct buf array;
    buf_init(&array, ARRAY_MAX);
    put_array(&array, handles, count);
    const char *values[] = {buf_cstr(&array)};
    int sent = PQsendQueryParams(session->conn, session->pg->query.at, 1, TYPES, values,
                                 NULL, NULL, 0);
    buf_deinit(&array);
    if (sent == 0) {
        connection_failed(session, "try again when the server is well");
        return NULL;
    }
    PGresult *result = session_await(session);
    if (result != NULL && PQresultStatus(result) != PGRES_TUPLES_OK) {
        if (PQresultStatus(result) == PGRES_COMMAND_OK) {
            struct diag *diag =
                diag_add(session->diags, DIAG_HANDLE_QUERY, session->pg->query_span,
                         "the handles' query gives no rows");
            diag_help(session->diags, diag, "it has to be a SELECT");
        } else {
            statement_failed(session, result);
        }
        PQclear(result);
        return NULL;
    }
    return result;
}

// --- the answer
// ------------------------------------------------------------------------------

static bool columns_refuse(const struct session *session, const char *what,
                           struct str name)
{
    diag_add(session->diags, DIAG_HANDLE_QUERY, session->pg->query_span,
             "the handles' query %s%s", what,
             name.len > 0 ? diag_quote(session->diags, name) : "");
    return false;
}

static bool columns_read(struct users *users, const struct session *session,
                         const PGresult *result)
{
    int count = PQnfields(result);
    if (count > USERS_MAX_COLUMNS) {
        return columns_refuse(session, "gives more than 64 columns", str_from(NULL));
    }
    for (int i = 0; i < count; i++) {
        struct str name = str_from(PQfname(result, i));
        if (utf8_check(name) < name.len) {
            return columns_refuse(session, "has a column name that is not UTF-8",
                                  str_from(NULL));
        }
        if (users_find_column(users, name) < users->column_count) {
            return columns_refuse(session, "gives two columns of the name ", name);
        }
        users->columns[users->column_count++] = arena_str(users->arena, name);
    }
    if (users_find_column(users, STR("handle")) == users->column_count) {
        return columns_refuse(session, "gives no column 'handle'", str_from(NULL));
    }
    return true;
}

static bool row_refuse(const struct session *session, enum diag_code code,
                       const char *what, struct str handle)
{
    diag_add(session->diags, code, session->pg->query_span, "%s%s", what,
             handle.len > 0 ? diag_quote(session->diags, handle) : "");
    return false;
}

// One row. A handle that was not asked for (by a query without its WHERE) is passed
// over.
static bool row_read(struct users *users, const struct session *session,
                     const PGresult *result, int row, const struct map *asked)
{
    struct user_field fields[USERS_MAX_COLUMNS] = {0};
    int key = (int)users_find_column(users, STR("handle"));
    if (PQgetisnull(result, row, key) != 0) {
        return row_refuse(session, DIAG_HANDLE_NULL,
                          "the handles' query gives a row whose handle is NULL",
                          str_from(NULL));
    }
    struct str handle = {PQgetvalue(result, row, key),
                         (size_t)PQgetlength(result, row, key)};
    if (map_find(asked, handle) == NULL) {
        return true;
    }
    for (int i = 0; i < (int)users->column_count; i++) {
        fields[i].null = PQgetisnull(result, row, i) != 0;
        fields[i].text = (struct str){PQgetvalue(result, row, i),
                                      (size_t)PQgetlength(result, row, i)};
        if (utf8_check(fields[i].text) < fields[i].text.len) {
            return row_refuse(session, DIAG_UTF8,
                              "Postgres has text that is not UTF-8 for handle ",
                              handle);
        }
    }
    if (users_add(users, handle, fields) == NULL) {
        return row_refuse(
            session, DIAG_HANDLE_TWICE,
            "the handles' query finds more than one user with the handle ", handle);
    }
    return true;
}

static bool users_read(struct users *users, const struct session *session,
                       const PGresult *result, const struct str *handles, size_t count)
{
    struct arena arena = {0};
    struct map asked;
    map_init(&asked, &arena);
    for (size_t i = 0; i < count; i++) {
        map_add(&asked, handles[i], NULL)->value = &asked; // anything but NULL
    }
    bool fine = columns_read(users, session, result);
    int rows = PQntuples(result);
    for (int row = 0; fine && row < rows; row++) {
        fine = row_read(users, session, result, row, &asked);
    }
    arena_deinit(&arena);
    return fine;
}

static bool find(void *context, struct users *users, const struct str *handles,
                 size_t count, struct diags *diags)
{
    const struct pg_handles *pg = context;
    struct session session = {.pg = pg, .diags = diags};
    bool fine = session_connect(&session);
    if (fine) {
        struct str where = session_where(&session);
        users->origin = arena_str(users->arena, where);
        if (pg->asked != NULL) {
            pg->asked(pg->context, where);
        }
        fine = session_begin(&session);
    }
    if (fine) {
        PGresult *result = session_ask(&session, handles, count);
        fine = result != NULL && users_read(users, &session, result, handles, count);
        PQclear(result);
    }
    PQfinish(session.conn); // nothing was written, so there is nothing to end first
    return fine;
}

struct handle_lookup pg_handles_lookup(struct pg_handles *pg)
{
    return (struct handle_lookup){find, pg};
}
