// Two entities that can make one key; an entity whose own items have one.
#ifndef DDB_COMPILE_PROVE_KEYS_H
#define DDB_COMPILE_PROVE_KEYS_H

#include "prover.h"

void prove_keys(struct prover *prover);

#endif
