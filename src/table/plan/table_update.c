// Changes of a table to calls. A diff enters, a list of requests leaves, each with what
// has to be waited for before the next one. What each change becomes is written in
// index_plan.c, capacity_plan.c and settings_plan.c.
#include "table_update.h"

#include "json_write.h"
#include "update_plan.h"

#define REQUEST_MAX ((size_t)1 << 20)

void planner_begin(struct planner *planner)
{
    buf_reset(&planner->body);
    buf_puts(&planner->body, "{\"TableName\":");
    json_put_string(&planner->body, planner->declared->name);
}

void planner_begin_resource(struct planner *planner)
{
    buf_reset(&planner->body);
    buf_puts(&planner->body, "{\"ResourceArn\":");
    json_put_string(&planner->body, planner->arn);
}

// The body as it is now, closed, becomes a step. Of it, `changes` is filled later.
struct table_step *planner_end(struct planner *planner, const char *operation,
                               enum table_wait_for wait, const char *verb)
{
    buf_char(&planner->body, '}');
    planner->steps =
        arena_grow(planner->arena, planner->steps, planner->count, planner->count + 1,
                   &planner->cap, sizeof *planner->steps);
    struct table_step *step = &planner->steps[planner->count++];
    *step = (struct table_step){
        .operation = operation,
        .body = arena_str(planner->arena, buf_str(&planner->body)),
        .wait = wait,
        .verb = verb,
        .changes = arena_array(planner->arena, planner->diff->count,
                               sizeof(const struct table_change *)),
    };
    return step;
}

struct table_step *planner_end_update(struct planner *planner, const char *verb)
{
    return planner_end(planner, "UpdateTable", TABLE_WAIT_ACTIVE, verb);
}

void planner_makes(struct table_step *step, const struct table_change *change)
{
    step->changes[step->change_count++] = change;
}

void planner_makes_all(struct planner *planner, struct table_step *step,
                       enum table_change_kind kind)
{
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind == kind && !change->of_replaced) {
            planner_makes(step, change);
        }
    }
}

bool planner_has(const struct planner *planner, enum table_change_kind kind)
{
    for (size_t i = 0; i < planner->diff->count; i++) {
        const struct table_change *change = &planner->diff->changes[i];
        if (change->kind == kind && !change->of_replaced) {
            return true;
        }
    }
    return false;
}

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

// An index that was replaced is, once it is deleted, one that is added.
static bool lacks_index(const struct table_step *step, const struct table_change *now)
{
    return now->kind == TABLE_CHANGE_INDEX_ADDED && step->subject.len > 0 &&
           str_eq(now->index->name, step->subject);
}

static bool is_open(const struct table_step *step, const struct table_change *change,
                    const struct table_change *now)
{
    bool same = str_eq(now->path, change->path);
    return step->begins ? same && now->sign == change->sign
                        : same || lacks_index(step, now);
}

bool table_step_is_made(const struct table_step *step, const struct table_diff *now)
{
    for (size_t i = 0; i < step->change_count; i++) {
        for (size_t j = 0; j < now->count; j++) {
            if (is_open(step, step->changes[i], &now->changes[j])) {
                return false;
            }
        }
    }
    return true;
}
