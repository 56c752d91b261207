// Secrets in text that is about to be shown: found by how people write them, not by
// what they are.
#ifndef DDB_BASE_SECRET_H
#define DDB_BASE_SECRET_H

#include <stddef.h>

// Overwrites every secret in text with '*', byte for byte, so that places in it stay
// where they are:
//     scheme://user:SECRET@host, scheme://user:SECRET (no number, so it is no port)
//     password=SECRET, password: 'SECRET', "password":"SECRET"; the same with passwd,
//     secret_access_key, secret_key, session_token and token, in any case and with or
//     without '_' and '-'
// A value without quotes goes on to the end of the line, or to a comma or a closing
// bracket; a url of Postgres to the last '@' of the line.
// References to the environment are no secrets. In doubt it masks too much.
void secret_mask(char *text, size_t len);

#endif
