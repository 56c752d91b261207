// Many reads of items at once: Query of whole partitions, Scan of segments and
// BatchGetItem of keys, each to its end (rules C040 to C046), as many of them in flight as
// the window (window.h) says, and no more than the client's limit.
#ifndef DDB_SERVICE_FETCHER_H
#define DDB_SERVICE_FETCHER_H

#include "client.h"
#include "diag.h"
#include "pace.h"
#include "reader.h"
#include "stop.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fetch_kind {
    FETCH_PARTITION, // Query
    FETCH_KEYS,      // BatchGetItem
    FETCH_SEGMENT,   // Scan
};

struct fetch {
    enum fetch_kind kind;
    // The request's JSON object without its closing brace; of FETCH_KEYS what stands
    // between the braces of RequestItems: "TABLE":{"Keys":[...],"ConsistentRead":true}
    struct str members;
    const struct table *table; // what all are about
    struct pace *pace; // that it keeps to, with others; or NULL. Wants an `answer`
};

// Carries out all of them. `answer`, unless it is NULL, is told what the service says of
// them all; then their capacity is asked for, too. Items come in the order of a partition, partitions and keys
// and segments in any. False: diagnosed, or interrupted, or the sink said no.
__attribute__((warn_unused_result)) bool
fetcher_run(struct reader_answer *answer, struct client *client,
            const struct fetch *fetches, size_t count, const struct reader_sink *sink,
            const struct stop *stop, const char *doing, struct diags *diags);

#endif
