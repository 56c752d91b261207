// What is provided: keys, until when they count, and what asking for them takes. Shared
// by whoever asks a source.
#ifndef DDB_SERVICE_PROVIDED_H
#define DDB_SERVICE_PROVIDED_H

#include "arena.h"
#include "aws_profile.h"
#include "diag.h"
#include "instant.h"
#include "sigv4.h"
#include "stop.h"
#include "target.h"

#include <stdbool.h>
#include <stdint.h>

#define EXPIRES_NEVER INT64_MAX

struct fetched {
    struct credentials keys;
    instant_us expires;    // EXPIRES_NEVER: nobody says when
    struct str account_id; // or empty
};

// What asking takes.
struct provider {
    const struct target *target;
    const struct aws_profile *profile; // whose settings count: endpoints, time-outs
    const struct stop *stop;           // or NULL
    struct arena
        *secrets;        // where answers go, and whatever may hold secrets; wiped later
    struct diags *diags; // texts for people; never secrets
    bool hurried;        // what is asked is not worth much waiting
};

// DIAG_CREDENTIALS; always false.
bool provided_half_pair(const char *where, struct diags *diags);
// DIAG_CREDENTIALS: nobody has any; `also` (" and ..." or "") says who was asked last.
// Always false.
bool provided_report_none(const struct provider *provider, const char *also);
// "2026-12-01T06:30:00Z", with a fraction, an offset, or with "UTC" for 'Z'. False:
// another text; DIAG_CREDENTIALS then says `whose` it is.
__attribute__((warn_unused_result)) bool provided_read_time(instant_us *out,
                                                            struct str text,
                                                            const char *whose,
                                                            struct diags *diags);

#endif
