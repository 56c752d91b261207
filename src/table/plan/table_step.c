// Steps that were sent. What a table still lacks enters, whether a step was made leaves.
#include "table_step.h"

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
