// Whose requests these are: dummy credentials over plain http, else the environment's.
#ifndef DDB_SERVICE_CREDENTIALS_H
#define DDB_SERVICE_CREDENTIALS_H

#include "arena.h"
#include "diag.h"
#include "sigv4.h"
#include "target.h"

// What is signed with over plain http: real credentials never go there.
#define CREDENTIALS_DUMMY_KEY "dummy"

// False (diagnosed): missing, only one of the two set (D118), or not fit for a header.
__attribute__((warn_unused_result)) bool credentials_read(struct credentials *out,
                                                          const struct target *target,
                                                          struct arena *arena,
                                                          struct diags *diags);

#endif
