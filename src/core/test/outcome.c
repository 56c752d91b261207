// Sums over what became of examples.
#include "outcome.h"

#include <stdlib.h>

bool outcome_is_good(const struct outcome *outcome)
{
    return outcome->verdict.count == 0 || outcome->updated;
}

size_t outcomes_failed(const struct outcomes *outcomes)
{
    size_t failed = 0;
    for (size_t i = 0; i < outcomes->count; i++) {
        failed += outcome_is_good(&outcomes->at[i]) ? 0 : 1;
    }
    return failed;
}

static int compare_units(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

// Of the examples from `from` on, which are of one pattern. Returns the next one's.
static size_t cost_of(struct pattern_cost *out, const struct outcomes *outcomes,
                      size_t from, uint64_t *units)
{
    size_t i = from;
    *out = (struct pattern_cost){.pattern = outcomes->at[from].pattern};
    for (; i < outcomes->count && outcomes->at[i].pattern == out->pattern; i++) {
        if (outcomes->at[i].answer.has_units) {
            units[out->examples++] = outcomes->at[i].answer.half_units;
        }
    }
    if (out->examples > 0) {
        qsort(units, out->examples, sizeof *units, compare_units);
        out->minimum = units[0];
        out->median = units[(out->examples - 1) / 2];
        out->maximum = units[out->examples - 1];
    }
    return i;
}

struct pattern_cost *outcomes_costs(size_t *count, const struct outcomes *outcomes,
                                    struct arena *arena)
{
    struct pattern_cost *costs = arena_array(arena, outcomes->count, sizeof *costs);
    uint64_t *units = arena_array(arena, outcomes->count, sizeof *units);
    *count = 0;
    for (size_t i = 0; i < outcomes->count;) {
        i = cost_of(&costs[(*count)++], outcomes, i, units);
    }
    return costs;
}
