// GetItem, and Query and Scan page after page (rules C045, C046).
#ifndef DDB_SERVICE_READER_H
#define DDB_SERVICE_READER_H

#include "buf.h"
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

// What is told of what was read, over all pages.
struct reader_answer {
    uint64_t count;      // of items that came back
    uint64_t scanned;    // of items that were read for them
    uint64_t half_units; // of capacity
    bool has_units;      // they were told
    uint64_t pages;      // answers
    struct buf last; // LastEvaluatedKey of the last page; empty: it was the last one
};
void reader_answer_init(struct reader_answer *answer);
void reader_answer_deinit(struct reader_answer *answer);
// Adds what a member of a page tells, whose name was read; `raw` is its value. Others are
// read over.
void reader_answer_take(struct reader_answer *answer, struct str name, struct str raw);

struct reader_request {
    const char *operation; // "Query", "Scan" or "GetItem"
    // The request's JSON object without its closing brace, Limit and ExclusiveStartKey.
    struct str members;
    uint64_t limit;   // of items given to the sink, over all pages; 0: all
    struct str start; // where the first page begins; empty: at the beginning
    bool one_page;
};

// Reads page after page, and gives the sink each item. False: diagnosed.
__attribute__((warn_unused_result)) bool
reader_run(struct reader_answer *answer, struct client *client,
           const struct reader_request *request, const struct reader_sink *sink,
           const struct stop *stop, const char *doing, struct diags *diags);

#endif
