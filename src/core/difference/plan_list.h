// Two lists enter, what stays in its order leaves: an element that comes in the middle
// is one that comes, and those behind it are what they were.
#ifndef DDB_CORE_PLAN_LIST_H
#define DDB_CORE_PLAN_LIST_H

#include "arena.h"
#include "value.h"

#include <stddef.h>

// Pairs of elements that are held against each other, at most: 200 times 200. Beyond it
// only what both lists have in common at their ends stays.
#define LIST_PAIRS_MAX ((size_t)40000)

struct list_match {
    size_t old;
    size_t new;
};

// Places of equal elements, ascending on both sides, as many as there can be; count of
// them in arena.
struct list_match *plan_list_match(size_t *count, const struct value *old,
                                   const struct value *new, struct arena *arena);

#endif
