// Proofs about a definition: programs and queries enter, warnings leave.
#include "prove.h"

#include "prove_keys.h"
#include "prove_patterns.h"
#include "prove_projection.h"
#include "prove_reach.h"
#include "prove_sort.h"
#include "prover.h"

void prove_unit(const struct compilation *compilation, const struct unit *unit)
{
    struct prover prover;
    if (!prover_init(&prover, compilation, unit)) {
        return;
    }
    prove_keys(&prover);
    prove_sort(&prover);
    prove_reach(&prover);
    prove_projections(&prover);
    prove_patterns(&prover);
    prover_deinit(&prover);
}
