// Files in which the AWS CLI keeps what a log-in gave, one JSON object each:
// ~/.aws/sso/cache, ~/.aws/login/cache.
#ifndef DDB_SERVICE_TOKEN_FILE_H
#define DDB_SERVICE_TOKEN_FILE_H

#include "arena.h"
#include "buf.h"
#include "diag.h"
#include "str.h"

#include <stdbool.h>

// The file of a name: FOLDER/<its SHA-1 or SHA-256 in hex>.json. In arena.
struct str token_file_sso(struct str session_or_url, struct arena *arena);
struct str token_file_login(struct str session, struct arena *arena);

// False: there is none, or it cannot be read.
__attribute__((warn_unused_result)) bool
token_file_read(struct str *out, struct str path, struct arena *arena);
// Replaces it in one step, readable for the user alone. False: errno says why, and it is
// as it was.
__attribute__((warn_unused_result)) bool
token_file_write(struct str path, struct str text, struct arena *arena);

// Appends "name": "value" as the AWS CLI writes it, with a comma before all but the
// first.
void token_put_member(struct buf *out, const char *name, struct str value);

// "2026-12-01T06:30:00Z", seconds from now. In arena.
struct str token_expiry(struct str seconds, struct arena *arena);

#endif
