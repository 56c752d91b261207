// A connection with Postgres in the process that owns it, and the pipe on which that
// process tells what becomes of it (pg_frame.h). Whatever fails is told there once.
#ifndef DDB_SERVICE_PG_LINK_H
#define DDB_SERVICE_PG_LINK_H

#include "await.h"
#include "buf.h"
#include "pg_frame.h"
#include "pg_session.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

struct pg_conn;   // libpq's PGconn
struct pg_result; // and PGresult

struct pg_link {
    const struct pg_question *question;
    struct pg_conn *conn; // NULL before pg_link_connect
    int answer;           // the pipe
    struct buf pending;   // frames not yet written
    struct wait_limits limits;
    size_t rows; // that were told
};

// Connects as the question's url says, in the time that it has; from then on the limits
// are those of the answer. Of a url that stands in a file nothing of the environment
// gets to the server. Notices are dropped.
bool pg_link_connect(struct pg_link *link);

// Sends constant statements; the last result, or NULL.
struct pg_result *pg_link_do(struct pg_link *link, const char *statements);
// The last result of what was sent, or NULL.
struct pg_result *pg_link_last(struct pg_link *link);
// The next result of what was sent; *out is NULL behind the last one. Every loop over
// results comes through here with each pass, and here the time is looked at.
bool pg_link_next(struct pg_result **out, struct pg_link *link);
// Whether a result is one that a statement may have: no error, no COPY.
bool pg_link_accepts(struct pg_link *link, const struct pg_result *result);

// Frames. False: nobody listens any more.
bool pg_link_flush(struct pg_link *link);
bool pg_link_say(struct pg_link *link, enum pg_frame_kind kind, struct str text);

// What failed; all return false. With libpq's words about the connection, with the
// server's about a statement; because the server does what nobody asked for; because
// the query does not fit.
bool pg_link_failed(struct pg_link *link);
bool pg_link_refused(struct pg_link *link, const struct pg_result *result);
bool pg_link_unasked(struct pg_link *link);
bool pg_link_misfit(struct pg_link *link, const char *words, const char *help);

#endif
