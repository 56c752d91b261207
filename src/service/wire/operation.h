// DynamoDB's operations, as far as they differ for those who call them.
#ifndef DDB_SERVICE_OPERATION_H
#define DDB_SERVICE_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

enum operation_kind {
    OPERATION_TABLES, // about tables: no capacity of theirs is used
    OPERATION_READS,  // takes items' read capacity
    OPERATION_WRITES, // takes their write capacity
};

// Every operation that is not known here is one about tables.
enum operation_kind operation_kind(const char *operation);

// It succeeds without a word: HTTP 200 and no body at all.
bool operation_is_silent(const char *operation);

// An answer's body in bytes at most. What is longer is none of DynamoDB's.
size_t operation_max_answer(const char *operation);

#endif
