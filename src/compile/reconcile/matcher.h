// The templates of an entity, run backwards over an item that is there.
#ifndef DDB_COMPILE_MATCHER_H
#define DDB_COMPILE_MATCHER_H

#include "arena.h"
#include "buf.h"
#include "eval.h"
#include "program.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What it works with, from item to item.
struct matcher {
    struct arena scratch; // of one match
    struct buf text;
    uint64_t steps; // that are left; with none, nothing matches
};

void matcher_init(struct matcher *matcher);
void matcher_deinit(struct matcher *matcher);

// True when the item has the attributes of the entity, or all but optional ones and those
// of `on_create`, and no others.
bool matcher_fits(const struct program *program, const struct value_entry *live,
                  size_t live_count);

// True when its values are such that the entity can have made them of the context, those
// of `on_create` aside.
bool matcher_match(struct matcher *matcher, const struct program *program,
                   const struct eval_context *context, const struct value_entry *live,
                   size_t live_count);

#endif
