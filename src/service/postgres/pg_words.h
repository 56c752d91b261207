// The words of libpq and of a server, as far as they may be shown, and what helps.
#ifndef DDB_SERVICE_PG_WORDS_H
#define DDB_SERVICE_PG_WORDS_H

#include "buf.h"
#include "pg_url.h"

#include <stdbool.h>

struct pg_conn; // libpq's PGconn

struct pg_advice {
    const char *state; // SQLSTATE
    bool query;        // the query's text is to blame, whatever is in the database
    const char *help;
};

// Advice by SQLSTATE; NULL when the server's words are enough.
const struct pg_advice *pg_advice_find(const char *state);

// The first line of words, clipped, without the connection's password in any spelling.
// Of a url of the environment nothing is shown but its host, port and database.
void pg_words_put(struct buf *out, const char *words, struct pg_conn *conn,
                  const struct pg_url *url);

// Whether they say that a message of the server did not fit into memory, or could not
// be one.
bool pg_words_tell_of_memory(const char *words);

#endif
