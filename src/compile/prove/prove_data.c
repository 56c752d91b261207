// Data under proof: rows and items are made once more, one at a time, and shown to each
// of the proofs. What could not be made was diagnosed by verification.
#include "prove_data.h"

#include "data_walk.h"
#include "item_build.h"
#include "prove_copies.h"
#include "prove_order.h"
#include "stop.h"

#define SCRATCH_MAX_BYTES ((size_t)1 << 20)

struct data_prover {
    const struct compilation *compilation;
    const struct unit *unit;
    struct arena arena; // of what is kept
    struct arena one;   // of one item
    struct buf scratch;
    struct order_proof *order;
    struct copies_proof *copies;
};

static void show_item(struct data_prover *prover, const struct item *item,
                      const struct origin *origin)
{
    copies_proof_item(prover->copies, item, origin, prover->compilation->diags);
}

static bool show_row(void *data, const struct fixture *fixture,
                     const struct program *program, const struct row *row)
{
    struct data_prover *prover = data;
    struct eval_context context = {.users = &prover->unit->users,
                                   .placeholders = prover->unit->placeholders,
                                   .row = row};
    bool holds = true;
    struct item item;
    const struct expr *failed = NULL;
    (void)fixture;
    arena_reset(&prover->one);
    if (condition_eval(&holds, &program->when, &context, &prover->scratch) == EVAL_OK &&
        holds &&
        item_build(&item, program, &context, &prover->one, &failed) == EVAL_OK) {
        order_proof_row(prover->order, program, &context);
        show_item(prover, &item, &(struct origin){program->entity, row->span});
    }
    return true;
}

static bool show_plain(void *data, const struct fixture *fixture,
                       const struct plain_item *plain)
{
    struct item item = item_of_plain(plain);
    struct data_prover *prover = data;
    (void)fixture;
    order_proof_item(prover->order, &item);
    show_item(prover, &item, &(struct origin){NULL, plain->span});
    return true;
}

void prove_data(struct compilation *compilation, const struct unit *unit)
{
    struct data_prover prover = {.compilation = compilation, .unit = unit};
    struct data_visitor visitor = {show_row, show_plain, &prover, false};
    buf_init(&prover.scratch, SCRATCH_MAX_BYTES);
    prover.order = order_proof_new(unit, &prover.scratch, &prover.arena);
    prover.copies = copies_proof_new(&prover.scratch, &prover.arena);
    bool complete = data_walk(compilation, unit, &visitor);
    order_proof_conversations(prover.order, compilation);
    if (complete && !stop_is_set(compilation->stop)) {
        order_proof_report(prover.order, compilation->diags);
    }
    buf_deinit(&prover.scratch);
    arena_deinit(&prover.one);
    arena_deinit(&prover.arena);
}
