// The shapes that say no more than what a scalar is, and what the binder asks of
// others.
#include "shape.h"

const struct shape TEXT_SHAPE = {.kind = SHAPE_STRING};
const struct shape FILLED_SHAPE = {
    .kind = SHAPE_STRING, .min = 1, .pattern = "^[^\\u0000]*$"};
const struct shape NUMBER_SHAPE = {.kind = SHAPE_NUMBER};
const struct shape BOOL_SHAPE = {.kind = SHAPE_BOOL};
const struct shape NULL_SHAPE = {.kind = SHAPE_NULL};

bool shape_is_filled(const struct shape *shape)
{
    if (shape->kind != SHAPE_ANY_OF) {
        return shape->kind == SHAPE_WORD ||
               (shape->kind == SHAPE_STRING && shape->min > 0);
    }
    for (size_t i = 0; shape->choices[i] != NULL; i++) {
        if (!shape_is_filled(shape->choices[i])) {
            return false;
        }
    }
    return true;
}
