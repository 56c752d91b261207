// What the AWS configuration adds to a target.
#ifndef DDB_SERVICE_TARGET_AWS_H
#define DDB_SERVICE_TARGET_AWS_H

#include "aws_profile.h"
#include "bind.h"
#include "target.h"

// What requests over plain http are signed with when nobody says whose they are.
#define TARGET_DUMMY_KEY "dummy"

// The service's own endpoint (D145 to D149): account-based where there are such ones,
// unless account_id is empty or the profile says no.
struct str target_aws_url(struct str region, struct str account_id,
                          const struct aws_profile *profile, struct endpoint_kind kind,
                          struct arena *arena);

// Which authorities are trusted; over plain http, whose key id is used: the target's
// own (field, NULL without a target), that of the profile that was given, the
// environment's, the usual profile's. A host that only a file names, and that is not
// this machine, learns the file's own or the dummy one. False: diagnosed.
__attribute__((warn_unused_result)) bool
target_aws_add(struct target *out, const struct bind_string *field,
               const struct aws_profile *profile, struct arena *arena,
               struct diags *diags);

// Whether text can be a key's id: letters, digits, '_', '-', '.', at most 128.
bool key_id_is_usual(struct str text);

#endif
