// Range keys that are not in the order of what they are made of.
#ifndef DDB_COMPILE_PROVE_SORT_H
#define DDB_COMPILE_PROVE_SORT_H

#include "program.h"
#include "prover.h"

void prove_sort(struct prover *prover);

// Calls seen for each expression that decides the order of a range key of type S: of
// the table or of an index that the program's items are in.
void prove_deciding(const struct program *program,
                    void (*seen)(void *context, const struct key_role *role,
                                 const struct expr *expr),
                    void *context);

#endif
