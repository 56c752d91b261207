// A proof that one has a private key (RFC 9449), as the AWS log-in wants it: ES256.
#ifndef DDB_SERVICE_DPOP_H
#define DDB_SERVICE_DPOP_H

#include "arena.h"
#include "instant.h"
#include "str.h"

#include <stdbool.h>

// The value of the DPoP header for a POST to url. pem is a private key of P-256. id is the
// proof's own. In arena. False: it is no such key.
__attribute__((warn_unused_result)) bool dpop_write(struct str *out, struct str pem,
                                                    struct str url, instant_us now,
                                                    struct str id, struct arena *arena);

#endif
