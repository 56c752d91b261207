// What a pattern asks for that will not last: a year that is written into it, a partition
// that holds everything.
#ifndef DDB_COMPILE_PROVE_PATTERNS_H
#define DDB_COMPILE_PROVE_PATTERNS_H

#include "prover.h"

void prove_patterns(struct prover *prover);

#endif
