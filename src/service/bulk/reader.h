// Query and Scan, page after page (rules C045, C046).
#ifndef DDB_SERVICE_READER_H
#define DDB_SERVICE_READER_H

#include "client.h"
#include "diag.h"
#include "json_read.h"
#include "stop.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>

struct reader_sink {
    // One item in DynamoDB JSON, as the service wrote it: {"pk":{"S":"..."},...}. False
    // stops reading.
    bool (*item)(void *context, struct str json);
    void *context;
};

// Gives the sink each item of an array, which is the reader's next value, as long as
// *wanted; that is false after the sink said no, and what follows is only read over.
// False: it is no array of objects.
__attribute__((warn_unused_result)) bool
reader_take_items(struct json_reader *reader, const struct reader_sink *sink,
                  bool *wanted);

// operation: "Query" or "Scan". `members` is the request's JSON object without its
// closing brace and without ExclusiveStartKey; limit 0: all. Limit counts items given
// to the sink, over all pages. What goes wrong is diagnosed, and ends it.
void reader_run(struct client *client, const char *operation, struct str members,
                uint64_t limit, const struct reader_sink *sink, const struct stop *stop,
                const char *doing, struct diags *diags);

#endif
