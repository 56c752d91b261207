// A session with Postgres, in a process that does nothing else. Enters: a connection
// url, the handles' query, the handles. Leaves: frames with what the query gives.
//
// What libpq does by itself can be neither interrupted nor limited: it looks names up,
// hashes a password as often as the server wants, reads a value whole, remembers every
// parameter that the server reports. So this process may take only so much memory, and
// the one that asked ends it when its time is up.
#include "pg_session.h"

#include "pg_frame.h"
#include "pg_link.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

// A member of a superuser's role becomes it within a query: set_config('role', ...).
#define BEGIN                                                                          \
    "BEGIN READ ONLY; SET LOCAL statement_timeout = '10s'; "                           \
    "SELECT pg_catalog.bool_or(rolsuper) FROM pg_catalog.pg_roles "                    \
    "WHERE pg_catalog.pg_has_role(session_user, oid, 'MEMBER')"
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

// ---- the statement

static bool session_begin(struct pg_link *link, bool *superuser)
{
    PGresult *result = pg_link_do(link, BEGIN);
    const char *status = PQparameterStatus(link->conn, "is_superuser");
    *superuser = (status != NULL && strcmp(status, "on") == 0) ||
                 (result != NULL && PQntuples(result) == 1 &&
                  strcmp(PQgetvalue(result, 0, 0), "t") == 0);
    PQclear(result);
    return result != NULL;
}

// Parses the cursor's statement on the server, which says how many parameters it has.
// Nothing runs yet. *parameters is -1 when the server refuses it.
static bool session_prepare(struct pg_link *link, const char *statement, int types,
                            int *parameters, bool tell)
{
    static const Oid TYPES[] = {TEXT_ARRAY_OID};
    *parameters = -1;
    if (PQsendPrepare(link->conn, "", statement, types, TYPES) == 0) {
        return pg_link_failed(link);
    }
    PGresult *result = NULL;
    bool fine = true;
    bool accepted = false;
    while ((fine = pg_link_next(&result, link)) && result != NULL) {
        accepted = PQresultStatus(result) == PGRES_COMMAND_OK;
        fine = (!tell && PQresultStatus(result) == PGRES_FATAL_ERROR) ||
               pg_link_accepts(link, result);
        PQclear(result);
        if (!fine) {
            return false;
        }
    }
    if (!fine || !accepted) {
        return fine && !tell;
    }
    if (PQsendDescribePrepared(link->conn, "") == 0) {
        return pg_link_failed(link);
    }
    result = pg_link_last(link);
    *parameters = result != NULL ? PQnparams(result) : -1;
    PQclear(result);
    return result != NULL;
}

static bool refuse_parameters(struct pg_link *link, int parameters)
{
    return pg_link_misfit(link,
                          parameters == 0
                              ? "the handles' query does not use its parameter $1"
                              : "the handles' query has more parameters than $1",
                          "select the handles: WHERE handle = ANY($1::text[])");
}

// Asked without a type for $1, a server tells whether the query has it at all: a
// comment does not count. What it then refuses may be for the want of that type only.
static bool session_check_parameters(struct pg_link *link, const char *statement)
{
    int parameters = -1;
    bool superuser = false;
    if (!session_prepare(link, statement, 0, &parameters, false)) {
        return false;
    }
    if (parameters < 0) { // which ended the transaction
        PGresult *result = pg_link_do(link, ROLLBACK);
        PQclear(result);
        return result != NULL && session_begin(link, &superuser) &&
               session_prepare(link, statement, 1, &parameters, true) &&
               (parameters == 1 || refuse_parameters(link, parameters));
    }
    return parameters == 1 ? session_prepare(link, statement, 1, &parameters, true)
                           : refuse_parameters(link, parameters);
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
static bool session_declare(struct pg_link *link, const char *array)
{
    struct str query = link->question->query;
    struct buf statement;
    buf_init(&statement, query.len + sizeof DECLARE);
    buf_puts(&statement, DECLARE);
    buf_put(&statement, query);
    bool fine = session_check_parameters(link, buf_cstr(&statement));
    buf_deinit(&statement);
    if (!fine) {
        return false;
    }
    if (PQsendQueryPrepared(link->conn, "", 1, &array, NULL, NULL, 0) == 0) {
        return pg_link_failed(link);
    }
    PGresult *result = pg_link_last(link);
    PQclear(result);
    return result != NULL;
}

// ---- rows

static bool columns_say(struct pg_link *link, const PGresult *result)
{
    int count = PQnfields(result);
    size_t begin = pg_frame_open(&link->pending, PG_COLUMNS);
    for (int i = 0; i < count && i < PG_FIELDS_MAX; i++) {
        pg_frame_put(&link->pending, str_from(PQfname(result, i)));
    }
    pg_frame_close(&link->pending, begin);
    return pg_link_flush(link);
}

static bool row_say(struct pg_link *link, const PGresult *result)
{
    int count = PQnfields(result);
    size_t bytes = 0;
    for (int i = 0; i < count; i++) {
        bytes += (size_t)PQgetlength(result, 0, i);
    }
    if (bytes > PG_ROW_MAX || count > PG_FIELDS_MAX) {
        return pg_link_misfit(link, "the handles' query gives a row of more than 1 MiB",
                              "select only the columns that templates read");
    }
    size_t begin = pg_frame_open(&link->pending, PG_ROW);
    for (int i = 0; i < count; i++) {
        if (PQgetisnull(result, 0, i) != 0) {
            pg_frame_put_null(&link->pending);
        } else {
            pg_frame_put(&link->pending,
                         (struct str){PQgetvalue(result, 0, i),
                                      (size_t)PQgetlength(result, 0, i)});
        }
    }
    pg_frame_close(&link->pending, begin);
    link->rows++;
    return link->pending.len < PENDING_BYTES || pg_link_flush(link);
}

// Fetches up to `want` rows, one result each; *got says how many there were.
static bool session_fetch(struct pg_link *link, size_t want, size_t *got)
{
    char statement[64];
    bool fine = true;
    PGresult *result = NULL;
    *got = 0;
    (void)snprintf(statement, sizeof statement, FETCH_FORMAT, want);
    if (PQsendQueryParams(link->conn, statement, 0, NULL, NULL, NULL, NULL, 0) == 0 ||
        PQsetSingleRowMode(link->conn) == 0) {
        return pg_link_failed(link);
    }
    while ((fine = pg_link_next(&result, link)) && result != NULL) {
        bool row = PQresultStatus(result) == PGRES_SINGLE_TUPLE;
        fine = pg_link_accepts(link, result);
        if (fine && link->rows == 0 && *got == 0) {
            fine = columns_say(link, result);
        }
        if (fine && row) {
            *got += 1;
            fine = (*got <= want || pg_link_unasked(link)) && row_say(link, result);
        }
        PQclear(result);
        if (!fine) {
            return false;
        }
    }
    return fine;
}

static bool session_ask(struct pg_link *link, const char *array)
{
    size_t most = link->question->count + 1; // the one that is too many
    bool superuser = false;
    if (!session_begin(link, &superuser) ||
        (superuser && !pg_link_say(link, PG_SUPERUSER, (struct str){0})) ||
        !session_declare(link, array)) {
        return false;
    }
    size_t want = 0;
    size_t got = 0;
    do {
        want = most - link->rows < PORTION ? most - link->rows : PORTION;
        if (!session_fetch(link, want, &got)) {
            return false;
        }
    } while (got == want && link->rows < most);
    return pg_link_say(link, PG_COMPLETE, (struct str){0});
}

// ---- the process

#define ADDRESSES_MAX ((size_t)1 << 30) // libraries that are loaded, stacks
#define STATM_ALL 0                     // fields of /proc/self/statm, in pages
#define STATM_DATA 5
#define STATM_FIELDS 6

#ifndef __SANITIZE_ADDRESS__
// The type of a limit's name is the C library's own: an enum or an int, so it is no
// parameter.
static bool lowered(struct rlimit *now, rlim_t most)
{
    bool lower = most < now->rlim_cur;
    if (lower) {
        now->rlim_cur = most;
    }
    return lower;
}
#endif

// So much memory beyond what there is. Where the first limit counts the heap only, the
// second one holds. The sanitizers take terabytes by themselves.
static void limit_memory(size_t more)
{
#ifndef __SANITIZE_ADDRESS__
    const rlim_t page = (rlim_t)sysconf(_SC_PAGESIZE);
    rlim_t pages[STATM_FIELDS] = {0};
    char line[256] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL) {
        return;
    }
    const char *at = fgets(line, sizeof line, file);
    (void)fclose(file);
    for (size_t i = 0; at != NULL && i < STATM_FIELDS; i++) {
        char *end = NULL;
        pages[i] = strtoul(at, &end, 10);
        at = end;
    }
    if (pages[STATM_ALL] > 0 && pages[STATM_DATA] > 0) {
        const rlim_t data = pages[STATM_DATA] * page + more;
        const rlim_t all = pages[STATM_ALL] * page + more + ADDRESSES_MAX;
        struct rlimit now;
        if (getrlimit(RLIMIT_DATA, &now) == 0 && lowered(&now, data)) {
            (void)setrlimit(RLIMIT_DATA, &now);
        }
        if (getrlimit(RLIMIT_AS, &now) == 0 && lowered(&now, all)) {
            (void)setrlimit(RLIMIT_AS, &now);
        }
    }
#else
    (void)more;
#endif
}

int pg_session_work(void *context, int answer)
{
    const struct pg_question *question = context;
    struct pg_link link = {.question = question, .answer = answer};
    struct buf array;
    buf_init(&link.pending, 2 * PG_FRAME_MAX);
    buf_init(&array, ARRAY_MAX);
    put_array(&array, question->handles, question->count);
    const char *text = buf_cstr(&array);
    limit_memory(MEMORY_MAX +
                 4 * array.len); // which libpq copies, and its buffer grows
    bool fine = pg_link_connect(&link) && session_ask(&link, text);
    PQfinish(link.conn); // nothing was written, so there is nothing to end first
    buf_deinit(&array);
    buf_deinit(&link.pending);
    return fine ? 0 : 1;
}
