// One row for each operation that is not like most of those about tables. Items of the
// service's sizes (1 MB a page, 16 MB a BatchGetItem) take several times as much as
// JSON, and the window of reads is in memory at once.
#include "operation.h"

#include <string.h>

static const struct row {
    const char *operation;
    enum operation_kind kind;
    size_t max_answer;
    bool silent;
} ROWS[] = {
    {"BatchWriteItem", OPERATION_WRITES, (size_t)16 << 20, false},
    {"PutItem", OPERATION_WRITES, (size_t)8 << 20, false},
    {"UpdateItem", OPERATION_WRITES, (size_t)8 << 20, false},
    {"DeleteItem", OPERATION_WRITES, (size_t)8 << 20, false},
    {"BatchGetItem", OPERATION_READS, (size_t)32 << 20, false},
    {"Query", OPERATION_READS, (size_t)16 << 20, false},
    {"Scan", OPERATION_READS, (size_t)16 << 20, false},
    {"TagResource", OPERATION_TABLES, (size_t)4 << 20, true},
    {"UntagResource", OPERATION_TABLES, (size_t)4 << 20, true},
};

static const struct row OTHERS = {NULL, OPERATION_TABLES, (size_t)4 << 20, false};

static const struct row *row_get(const char *operation)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (strcmp(ROWS[i].operation, operation) == 0) {
            return &ROWS[i];
        }
    }
    return &OTHERS;
}

enum operation_kind operation_kind(const char *operation)
{
    return row_get(operation)->kind;
}

size_t operation_max_answer(const char *operation)
{
    return row_get(operation)->max_answer;
}

bool operation_is_silent(const char *operation)
{
    return row_get(operation)->silent;
}
