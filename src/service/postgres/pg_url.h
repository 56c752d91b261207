// Connection urls of Postgres: what may stand in one, by where it was written.
//
// A url that stands in a file is a checkout's, a stranger's perhaps. It names a host,
// so nothing that the environment keeps for other hosts goes there: such a url is
// complete in itself. One that comes from the environment as a whole is the user's, and
// so are libpq's own variables where there is no url.
#ifndef DDB_SERVICE_PG_URL_H
#define DDB_SERVICE_PG_URL_H

#include "diag.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>

struct pg_url {
    struct str text; // NUL-terminated; empty: libpq's own variables
    struct span span;
    bool written; // in a file, whole or in part
};

// Whether the url is well-formed and, when it was written in a file, has only
// parameters that may stand there (DIAG_POSTGRES, DIAG_HANDLE_URL). Connects to
// nothing. No message shows anything of it but a parameter's name.
__attribute__((warn_unused_result)) bool pg_url_check(const struct pg_url *url,
                                                      struct diags *diags);

// How long connecting may take: what the url says, at most a minute, or ten seconds.
unsigned pg_url_connect_seconds(const struct pg_url *url);

// For the process that is going to connect, and does nothing else: what libpq and its
// libraries would take from the environment for a url that was written in a file is
// removed from it. What makes a connection stricter (PGSSLMODE, ...) stays.
void pg_url_forget_environment(void);

#endif
