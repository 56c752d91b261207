// The items that an entity makes, as trees of values.
#ifndef DDB_COMPILE_ITEM_BUILD_H
#define DDB_COMPILE_ITEM_BUILD_H

#include "arena.h"
#include "eval.h"
#include "item.h"
#include "program.h"

// The item that an entity (its program not broken) makes of the context: of a row, or the
// same one that program_fold and folded_write make as JSON. What reads an optional column
// that is missing is left out: the attribute, or inside a list or map the member. Values
// are the row's and the entity's own or live in arena. *failed is the expression that was
// not EVAL_OK.
enum eval_result item_build(struct item *out, const struct program *program,
                            const struct eval_context *context, struct arena *arena,
                            const struct expr **failed);

#endif
