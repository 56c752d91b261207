// Patterns that match no entity, entities that match no pattern, and indexes without
// either.
#ifndef DDB_COMPILE_PROVE_REACH_H
#define DDB_COMPILE_PROVE_REACH_H

#include "prover.h"

void prove_reach(struct prover *prover);

#endif
