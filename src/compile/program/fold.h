// A program made ready for a conversation and a sender: what is constant for them is
// literal.
#ifndef DDB_COMPILE_FOLD_H
#define DDB_COMPILE_FOLD_H

#include "arena.h"
#include "buf.h"
#include "eval.h"
#include "program.h"

#include <stdbool.h>
#include <stddef.h>

struct folded_op {
    const struct expr *expr; // NULL: json
    enum piece_kind kind;
    struct str json;
    bool escape; // what the expression gives may need JSON escapes
};
struct folded {
    const struct folded_op *ops;
    size_t count;
};

// Folds for the context; every expression must have evaluated before (verification).
void program_fold(struct folded *out, const struct program *program,
                  const struct eval_context *context, struct arena *arena);

// Appends one item: {"pk":{...},...}.
void folded_write(struct buf *out, const struct folded *folded,
                  const struct eval_context *context, struct buf *scratch);

#endif
