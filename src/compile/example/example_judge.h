// What an example expects, held against an answer.
#ifndef DDB_COMPILE_EXAMPLE_JUDGE_H
#define DDB_COMPILE_EXAMPLE_JUDGE_H

#include "arena.h"
#include "example.h"
#include "item.h"
#include "query.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Differences that are told of one example; of what is beyond them the number.
#define EXAMPLE_DIFFERENCES_MAX 100u

struct example_answer {
    uint64_t count;
    uint64_t scanned;
    uint64_t pages;
    uint64_t half_units;
    bool has_units;
    struct item *items; // item_count of them, in the order in which they came
    size_t item_count;
};

struct example_difference {
    struct str path;     // "count", "items[3].message"
    struct span span;    // of what is expected, or where it would stand
    struct str expected; // JSON, values as DynamoDB has them; empty: nothing
    struct str got;      // the same
};

struct example_verdict {
    struct example_difference *differences; // count of them
    size_t count;
    size_t more; // that are not among them
};

// Of a scan items are compared in any order. Everything lives in arena.
void example_judge(struct example_verdict *out, const struct example *example,
                   const struct query *query, const struct example_answer *answer,
                   struct arena *arena);

// Appends "4.5".
void example_put_units(struct buf *out, uint64_t half_units);

#endif
