// Copies that disagree, of items that are shown one by one.
#ifndef DDB_COMPILE_PROVE_COPIES_H
#define DDB_COMPILE_PROVE_COPIES_H

#include "buf.h"
#include "diag.h"
#include "entity.h"
#include "item.h"

// A value or an item in hand.
struct origin {
    const struct entity *entity; // NULL: an item as it was written
    struct span span;            // of the row or item, or of the conversation's header
};

// Copies that are remembered; those past it are not compared.
#define COPIES_MAX 100000

struct copies_proof;

// scratch is borrowed: no proof keeps anything in it.
struct copies_proof *copies_proof_new(struct buf *scratch, struct arena *arena);
void copies_proof_item(struct copies_proof *proof, const struct item *item,
                       const struct origin *origin, struct diags *diags);

#endif
