// Range keys whose values do not sort, as far as data show it.
#ifndef DDB_COMPILE_PROVE_ORDER_H
#define DDB_COMPILE_PROVE_ORDER_H

#include "buf.h"
#include "compilation.h"
#include "item.h"

#include <stddef.h>

struct order_proof;

// Looks for the expressions whose values have to be seen. Lives in arena.
struct order_proof *order_proof_new(const struct unit *unit, struct buf *scratch,
                                    struct arena *arena);
// A row that feeds the program.
void order_proof_row(struct order_proof *proof, const struct program *program,
                     const struct eval_context *context);
// An item as it was written: it has to sort within its partition.
void order_proof_item(struct order_proof *proof, const struct item *item);
// All conversations and users of the unit.
void order_proof_conversations(struct order_proof *proof,
                               struct compilation *compilation);
void order_proof_report(const struct order_proof *proof, struct diags *diags);

#endif
