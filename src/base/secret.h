// Secrets in text that is about to be shown: found by how people write them, not by
// what they are.
#ifndef DDB_BASE_SECRET_H
#define DDB_BASE_SECRET_H

#include <stddef.h>

// Overwrites every secret in text with '*', byte for byte, so that places in it stay
// where they are:
//     scheme://user:SECRET@host
//     password=SECRET, password: 'SECRET', "password":"SECRET"; the same with
//     secret_access_key and session_token
// References to the environment are no secrets. In doubt it masks too much.
void secret_mask(char *text, size_t len);

#endif
