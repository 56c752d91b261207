// The credentials of a run, for as long as it takes: found once, renewed before they
// expire, wiped at the end.
//
// Over plain http they are a key's id (target.h) and a dummy secret.
#ifndef DDB_SERVICE_LEASE_H
#define DDB_SERVICE_LEASE_H

#include "diag.h"
#include "instant.h"
#include "sigv4.h"
#include "stop.h"
#include "sts.h"
#include "target.h"

#include <stdbool.h>

struct lease;

// NULL: diagnosed, or interrupted. target, stop (or NULL) and diags have to live
// longer. From here on the process leaves no core file, until lease_close.
struct lease *lease_open(const struct target *target, const struct stop *stop,
                         struct diags *diags);
void lease_close(struct lease *lease); // NULL is fine

// What to sign with now. What is about to expire is asked for again; that takes as long
// as it takes. When it cannot be had, what there was is good for as long as it is good;
// past that DIAG_CREDENTIALS says so, once, and the service will refuse it.
// Valid until the next lease_get or lease_renew.
const struct credentials *lease_get(struct lease *lease);
// Counts the renewals: keys that were derived from earlier credentials are of no use.
unsigned lease_generation(const struct lease *lease);
// The service refused credentials of that generation as expired (D035). True: there are
// newer ones, asked for now or meanwhile.
__attribute__((warn_unused_result)) bool lease_renew(struct lease *lease,
                                                     unsigned generation);

// Whether anybody can say whose these are: of AWS's own endpoints its STS, elsewhere one
// that AWS_ENDPOINT_URL_STS or the profile names.
bool lease_has_sts(const struct lease *lease);
// Asks it. Not urgently: a short while only, and *out may stay empty with true. False:
// diagnosed, or interrupted. Texts live as long as the run.
__attribute__((warn_unused_result)) bool
lease_identify(struct sts_identity *out, struct lease *lease, bool urgently);

// "profile prod (~/.aws/credentials)", "dummy".
struct str lease_from(const struct lease *lease);
instant_us lease_expires(const struct lease *lease); // or EXPIRES_NEVER
// What was passed over, and why, lease_note_count of them.
const char *const *lease_notes(const struct lease *lease, size_t *count);

#endif
