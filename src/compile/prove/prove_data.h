// Warnings that rest on data: values that do not sort, copies that disagree. Rows and
// items are looked at one by one, conversations as a whole, messages not at all.
#ifndef DDB_COMPILE_PROVE_DATA_H
#define DDB_COMPILE_PROVE_DATA_H

#include "compilation.h"
#include "item.h"
#include "prove.h"

// A value or an item in hand.
struct origin {
    const struct entity *entity; // NULL: an item as it was written
    struct span span;            // of the row or item, or of the conversation's header
};

// ---- prove_order.c: range keys

struct order_proof;

// Looks for the expressions whose values have to be seen. Lives in arena.
struct order_proof *order_proof_new(const struct unit *unit, struct buf *scratch,
                                    struct arena *arena);
// A row that feeds the program.
void order_proof_row(struct order_proof *proof, const struct program *program,
                     const struct eval_context *context);
// All conversations and users of the unit.
void order_proof_conversations(struct order_proof *proof,
                               struct compilation *compilation);
void order_proof_report(const struct order_proof *proof, struct diags *diags);

// ---- prove_copies.c

// Copies that are remembered; those past it are not compared.
#define COPIES_MAX 100000

struct copies_proof;

// scratch is borrowed: no proof keeps anything in it.
struct copies_proof *copies_proof_new(struct buf *scratch, struct arena *arena);
void copies_proof_item(struct copies_proof *proof, const struct item *item,
                       const struct origin *origin, struct diags *diags);

// The place of a value: in the fixture if it stands there, else its origin's.
struct span prove_place(const struct origin *origin, const struct value *value);

#endif
