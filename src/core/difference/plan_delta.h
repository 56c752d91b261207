// What is otherwise in an item: by paths inside maps, by members of sets, by the places
// of lists.
//
//     + gsi2pk                    comes
//     ~ settings.theme.color      changes
//     - "cost center"             goes
//     ~ tags                      a set, of which members come and go
//     + weights[3]
#ifndef DDB_CORE_PLAN_DELTA_H
#define DDB_CORE_PLAN_DELTA_H

#include "arena.h"
#include "str.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// Differences of an item that are told apart, at most; the rest is counted.
#define DELTAS_MAX 10000

struct plan_step {
    const struct plan_step *before; // the one that leads here; NULL: an attribute
    struct str name;                // of a member of a map, or of the attribute
    size_t index;                   // of an element, when name.at is NULL: of the new
                                    // list, or where one goes, of the old
};

struct plan_delta {
    char sign; // '+', '-', '~'
    const struct plan_step *at;
    const struct value *old; // NULL: it comes
    const struct value *new; // NULL: it goes
};

struct plan_deltas {
    struct plan_delta *at; // count of them: attributes in the order of the new item,
    size_t count;          // then those that go
    size_t cap;
    size_t more; // past DELTAS_MAX
};

struct plan_side {
    const struct value_entry *entries;
    size_t count;
};

// Compares two items. All of it lives in arena, or as long as the items.
void plan_deltas_find(struct plan_deltas *out, const struct plan_side *old,
                      const struct plan_side *new, struct arena *arena);

// The attribute that a difference is in.
struct str plan_delta_attribute(const struct plan_delta *delta);
// Both are sets of one type: their members tell more than the two values.
bool plan_delta_is_set(const struct plan_delta *delta);
// The members of `from` that `than` has not, count of them in arena.
struct str *plan_delta_members(size_t *count, const struct value *from,
                               const struct value *than, struct arena *arena);

const struct value_entry *plan_side_find(const struct plan_side *side, struct str name);

#endif
