// What became of the examples of a run, and how that is told.
#ifndef DDB_CORE_OUTCOME_H
#define DDB_CORE_OUTCOME_H

#include "buf.h"
#include "entity.h"
#include "example_judge.h"
#include "run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An example that was run.
struct outcome {
    const struct pattern *pattern;
    const struct example *example;
    struct example_verdict verdict;
    struct example_answer answer; // without its items
    bool updated;                 // the file says now what came
};

struct outcomes {
    struct outcome *at; // count of them, in the order of the files
    size_t count;
    size_t cap;
    struct str
        *without; // names of patterns that have no example, without_count of them
    size_t without_count;
    size_t without_cap;
    bool costs; // what each pattern costs is told, too
};

// What the examples of one pattern cost, in halves of read units.
struct pattern_cost {
    const struct pattern *pattern;
    size_t examples; // that were told what they cost
    uint64_t minimum;
    uint64_t median; // the lower one of two
    uint64_t maximum;
};

bool outcome_is_good(const struct outcome *outcome);
size_t outcomes_failed(const struct outcomes *outcomes);
// Of each pattern that has examples, in their order; *count of them, in arena.
struct pattern_cost *outcomes_costs(size_t *count, const struct outcomes *outcomes,
                                    struct arena *arena);

// Appends all of it: for people; as JSON lines; as a JUnit report; as TAP 14.
void outcomes_put_text(struct buf *out, const struct outcomes *outcomes,
                       struct ddb *ddb);
void outcomes_put_json(struct buf *out, const struct outcomes *outcomes,
                       struct ddb *ddb);
void outcomes_put_junit(struct buf *out, const struct outcomes *outcomes,
                        struct ddb *ddb);
void outcomes_put_tap(struct buf *out, const struct outcomes *outcomes,
                      struct ddb *ddb);

#endif
