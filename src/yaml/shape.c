// The shapes that say no more than what a scalar is.
#include "shape.h"

const struct shape TEXT_SHAPE = {.kind = SHAPE_STRING};
const struct shape FILLED_SHAPE = {.kind = SHAPE_STRING, .min = 1};
const struct shape NUMBER_SHAPE = {.kind = SHAPE_NUMBER};
const struct shape BOOL_SHAPE = {.kind = SHAPE_BOOL};
const struct shape NULL_SHAPE = {.kind = SHAPE_NULL};
