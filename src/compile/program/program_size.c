// How large an entity's items are, and their entries in local indexes.
#include "program_size.h"

#include "number.h"
#include "program_keys.h"

// What a number takes at most: 38 digits in 20 pairs, a sign (B075).
#define NUMBER_SIZE_MAX 22

// What a value adds to the item's size.
static size_t text_size(enum value_type type, struct str text)
{
    switch ((int)type) {
    case VALUE_N:
        return number_size(text);
    case VALUE_BOOL:
        return 1;
    default:
        return text.len;
    }
}

static size_t count_bits(unsigned bits)
{
    size_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

// Adds what the expressions' values take, and what goes with them where they are
// optional: in the item (`present` NULL), or in its entries in the local indexes that
// `present` has bits of.
static enum eval_result add_sizes(size_t *size, const struct program *program,
                                  const struct eval_context *context, bool bound,
                                  const unsigned *present, struct buf *scratch,
                                  const struct expr **failed)
{
    for (size_t i = 0; i < program->piece_count; i++) {
        const struct piece *piece = &program->pieces[i];
        size_t copies = present == NULL ? 1 : count_bits(piece->locals & *present);
        if (piece->kind == PIECE_MEMBER) {
            bool absent = template_is_absent(piece->template, context);
            *size += absent ? 0 : copies * piece->fixed_size;
            i = absent ? piece->end - 1 : i;
            continue;
        }
        if (piece->expr == NULL || copies == 0) {
            continue;
        }
        enum value_type type = VALUE_S;
        buf_reset(scratch);
        enum eval_result result = expr_eval(scratch, &type, piece->expr, context);
        if (result != EVAL_OK) {
            *failed = piece->expr;
            return result;
        }
        if (scratch->overflowed) { // a column of more than an item could hold
            scratch->overflowed = false;
            *size = scratch->max;
            return EVAL_OK;
        }
        if (bound && piece->kind == PIECE_NUMBER) {
            *size += copies * NUMBER_SIZE_MAX;
            continue;
        }
        // A number inside a string is text.
        *size += copies * text_size(piece->kind == PIECE_TEXT ? VALUE_S : type,
                                    buf_str(scratch));
    }
    return EVAL_OK;
}

enum eval_result program_size(size_t *size, const struct program *program,
                              const struct eval_context *context, bool bound,
                              struct buf *scratch, const struct expr **failed)
{
    *size = program->fixed_size;
    return add_sizes(size, program, context, bound, NULL, scratch, failed);
}

enum eval_result program_local_size(size_t *size, const struct program *program,
                                    const struct eval_context *context, bool bound,
                                    struct buf *scratch, const struct expr **failed)
{
    unsigned present = 0;
    *size = 0;
    for (size_t i = 0; i < program->local_count; i++) {
        if (program_in_index(program, program->locals[i].index, context)) {
            present |= 1U << i;
            *size += program->locals[i].fixed_size;
        }
    }
    return add_sizes(size, program, context, bound, &present, scratch, failed);
}
