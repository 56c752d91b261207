// What `aws login` left behind: keys that live a quarter of an hour, and what it takes to
// get the next ones.
#ifndef DDB_SERVICE_LOGIN_H
#define DDB_SERVICE_LOGIN_H

#include "chain.h"
#include "provided.h"

// The cached keys; those about to expire are refreshed, with a proof of the key that the
// log-in was made with (DPoP), and written back. False: diagnosed with the command that
// mends it, or interrupted.
__attribute__((warn_unused_result)) bool login_fetch(struct fetched *out,
                                                     const struct origin *origin,
                                                     const struct provider *provider);

#endif
