// The parts of an endpoint: its url, its region, an account's id. Wherever they were
// written, they are read here; no message ever repeats their text, which may hold a
// secret.
#ifndef DDB_SERVICE_ENDPOINT_H
#define DDB_SERVICE_ENDPOINT_H

#include "arena.h"
#include "diag.h"
#include "shape.h"
#include "str.h"

#include <stdbool.h>

struct endpoint {
    struct str url;      // scheme://host[:port], no default port, no slash behind
    struct str host;     // "host" or "host:port", IPv6 in brackets: the Host header
    struct str hostname; // without port and brackets
    bool https;
    bool loopback; // localhost, 127.0.0.0/8 or ::1
};

// What endpoint_read, region_check and account_id_check accept.
extern const struct shape ENDPOINT_URL_SHAPE;
extern const struct shape REGION_SHAPE;
extern const struct shape ACCOUNT_ID_SHAPE;

// Reads http[s]://HOST[:PORT][/], HOST a name, an IPv4 or a bracketed IPv6 address,
// folded to lower case. `what` begins the message (DIAG_TARGET_URL): "--endpoint-url",
// a variable's name. A url that may hold a secret is reported at its file, not its
// line.
__attribute__((warn_unused_result)) bool
endpoint_read(struct endpoint *out, struct str text, const char *what, struct span span,
              struct arena *arena, struct diags *diags);

// A region must be a host label (D141): it becomes a part of the host's name.
__attribute__((warn_unused_result)) bool
region_check(struct str text, const char *what, struct span span, struct diags *diags);
// For what a file takes from a variable of its own choice, which may hold a secret:
// whether it has the form of AWS's regions, us-gov-west-1 or local for emulators, and
// of a profile's name. Neither form has room for a key or a token.
bool region_is_usual(struct str text);
bool profile_is_usual(struct str text);
// 12 digits.
__attribute__((warn_unused_result)) bool account_id_check(struct str text,
                                                          const char *what,
                                                          struct span span,
                                                          struct diags *diags);

// Whether a host is the service's own, of one of AWS's partitions: nobody else can
// listen there. https://BUCKET.s3.amazonaws.com is somebody's.
bool endpoint_is_service(struct str hostname);

#endif
