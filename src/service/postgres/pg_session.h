// A session with Postgres: one query, asked in a process of its own.
//
// Whatever the query is, nothing but one that gives rows can be expressed: it is the
// body of DECLARE CURSOR, one statement of the extended protocol, in a transaction that
// cannot write and is never committed. Whatever the server is, it gets neither more
// time nor more memory than is laid down here.
#ifndef DDB_SERVICE_PG_SESSION_H
#define DDB_SERVICE_PG_SESSION_H

#include "pg_url.h"
#include "stop.h"
#include "str.h"

#include <stddef.h>

#define PG_ANSWER_SECONDS 15 // everything after the connection, together

struct pg_question {
    struct pg_url url;
    struct str query; // NUL-terminated
    const struct str *handles;
    size_t count;
    const struct stop *stop; // or NULL
};

// Work of a worker (worker.h): `context` is a struct pg_question. Asks it, and writes
// frames (pg_frame.h) to `answer`: PG_CONNECTED, PG_SUPERUSER where it is so,
// PG_COLUMNS, PG_ROW for each row but at most one more than there are handles, and
// PG_COMPLETE; or, in place of what did not come about, PG_FAILED. Changes the
// environment and the limits of its process.
int pg_session_work(void *context, int answer);

#endif
