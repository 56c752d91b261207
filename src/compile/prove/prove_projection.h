// Attributes that an index includes and that no item has.
#ifndef DDB_COMPILE_PROVE_PROJECTION_H
#define DDB_COMPILE_PROVE_PROJECTION_H

#include "prover.h"

void prove_projections(struct prover *prover);

#endif
