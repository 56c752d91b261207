// Steps in the making. What one is to say and to change enters, piece by piece; the list
// of steps grows.
#include "planner.h"

#include "json_write.h"

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
