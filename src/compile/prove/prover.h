// A definition under proof: what all proofs of it look at.
#ifndef DDB_COMPILE_PROVER_H
#define DDB_COMPILE_PROVER_H

#include "automaton.h"
#include "compilation.h"

#include <stdbool.h>
#include <stdint.h>

// States that all proofs of a unit may look at together: so many for each byte of the
// definition, so that a large one costs no more than many small ones. What is left then
// is not warned of.
#define PROVE_WORK_PER_BYTE UINT64_C(256)
#define PROVE_MAX_WORK UINT64_C(4000000)

// Literal bytes of all key templates of a unit, at most: a set of texts takes some 100
// times that. A larger design is not proved.
#define PROVE_MAX_LITERALS ((size_t)1 << 20)

// A definition under proof.
struct prover {
    const struct compilation *compilation;
    const struct unit *unit;
    struct arena arena; // of the sets
    struct diags *diags;
    uint64_t work; // left
    struct automaton *
        *automata; // by program and its role: what the key attribute can be
};

// False: nothing of the unit is to be proved, it is broken or too large.
__attribute__((warn_unused_result)) bool
prover_init(struct prover *prover, const struct compilation *compilation,
            const struct unit *unit);
void prover_deinit(struct prover *prover);

// What the attribute of that role can be.
const struct automaton *prover_automaton(const struct prover *prover,
                                         const struct program *program,
                                         const struct key_role *role);

// Whether there are entities and none of them is broken. Else nothing can be said of
// what none of them makes.
bool prover_knows_entities(const struct prover *prover);

#endif
