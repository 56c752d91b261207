// Handles from Postgres.
//
// One parameterised query for all handles of a run, through a cursor in a read-only
// transaction, asked by a process of its own (pg_session.h): with a connect and a
// statement time-out of ten seconds, fifteen seconds for the whole answer, and ceilings
// for its rows and bytes. The connection's password, and the url it may stand in,
// appear in no message.
#ifndef DDB_SERVICE_PG_HANDLES_H
#define DDB_SERVICE_PG_HANDLES_H

#include "handles.h"
#include "pg_url.h"
#include "source.h"
#include "stop.h"
#include "str.h"

#define PG_HANDLES_DEFAULT_QUERY                                                       \
    "SELECT handle, uuid, display_name FROM public.users WHERE handle = "              \
    "ANY($1::text[])"

struct pg_handles {
    struct pg_url url; // where connection failures are shown, too
    struct str query;  // NUL-terminated; with exactly one parameter, $1, of type text[]
    struct span query_span; // where the query's mistakes are shown
    // Called once with "host:port/database" before the query is sent; may be NULL.
    void (*asked)(void *context, struct str where);
    void *context;
    // Not zero: the user interrupts, and the look-up fails without a diagnostic. May be
    // NULL.
    const struct stop *stop;
};

// The look-up over `pg`, which must outlive it. A result without a column "handle",
// with two columns of a name, with more than USERS_MAX_COLUMNS, with a handle twice,
// with more rows than there are handles, or with text that is not UTF-8 is diagnosed;
// a log-in that is a superuser is warned of. client_encoding is set to UTF8.
struct handle_lookup pg_handles_lookup(struct pg_handles *pg);

#endif
