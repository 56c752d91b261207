// Changes of a table to calls. A diff enters, a list of requests leaves, each with what
// has to be waited for before the next one. What each change becomes is written in
// index_plan.c, capacity_plan.c and settings_plan.c.
#include "table_update.h"

#include "capacity_plan.h"
#include "index_plan.h"
#include "planner.h"
#include "settings_plan.h"

#define REQUEST_MAX ((size_t)1 << 20)

void table_update_plan(struct table_step **steps, size_t *count,
                       const struct table_diff *diff, const struct table *declared,
                       const struct table *live, struct str arn, struct arena *arena)
{
    struct planner planner = {
        .diff = diff,
        .declared = declared,
        .live = live,
        .arn = arn,
        .arena = arena,
        .there = arena_array(arena, declared->index_count, sizeof(bool)),
    };
    buf_init(&planner.body, REQUEST_MAX);
    for (size_t i = 0; i < declared->index_count; i++) {
        planner.there[i] = table_find_index(live, declared->indexes[i].name) != NULL;
    }
    settings_plan_protection(&planner);
    index_plan_deletions(&planner);
    capacity_plan(&planner);
    index_plan_creations(&planner);
    settings_plan(&planner);
    buf_deinit(&planner.body);
    *steps = planner.steps;
    *count = planner.count;
}
