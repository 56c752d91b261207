// Waiting until an endpoint answers: servers are often started beside those who use them.
#ifndef DDB_SERVICE_ANSWER_WAIT_H
#define DDB_SERVICE_ANSWER_WAIT_H

#include "client.h"

#include <stdbool.h>
#include <stdint.h>

// Whether a failed reply may be otherwise in a while: nobody listens yet, the name is not
// known yet, a server or a gateway before it is only starting. What certificates, TLS and
// servers of another kind say does not change by waiting.
bool answer_wait_helps(const struct reply *reply);

// Asks, with growing pauses and for at most `most_ms`, until DynamoDB answers, whatever it
// says. Once, before the first pause, `show` is called. The client has no call in flight.
// False: it does not (diagnosed), or interrupted.
__attribute__((warn_unused_result)) bool
answer_wait(struct client *client, uint64_t most_ms, void (*show)(void *context),
            void *context, struct diags *diags);

#endif
