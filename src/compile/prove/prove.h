// What a definition says of itself, proved before any fixture is looked at: keys that
// collide, keys that do not sort, patterns and entities that miss each other; and what
// data say of a definition that may be right.
//
// Everything here warns: the definition may be right and only half of a larger design.
// What is certainly wrong is an error of program.c, query.c or verify.c.
#ifndef DDB_COMPILE_PROVE_H
#define DDB_COMPILE_PROVE_H

#include "compilation.h"
#include "texts.h"

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
    uint64_t work;        // left
    struct texts **texts; // by program and its role: what the key attribute can be
};

// Calls all of the below for a unit that is not broken, nor too large, once its
// fixtures are surveyed. Programs and queries that are broken are left out, and then
// what needs all of them is.
void prove_unit(const struct compilation *compilation, const struct unit *unit);

// What only the data show, after verification: prove_data.c.
void prove_data(struct compilation *compilation, const struct unit *unit);

// Two entities that can make one key; an entity whose own items have one.
void prove_keys(struct prover *prover);
// Range keys that are not in the order of what they are made of.
void prove_sort(struct prover *prover);
// Patterns that match no entity, entities that match no pattern, and indexes without
// either.
void prove_reach(struct prover *prover);
// Attributes that an index includes and that no item has.
void prove_projections(struct prover *prover);

// Whether the definition's own fixtures of items are all in the run: without them
// nothing can be said of items that no entity makes.
bool prove_knows_items(const struct unit *unit);

// The program's part in a key attribute, or NULL where its items do not have it.
const struct key_role *prove_role(const struct program *program, struct str attribute);
// True when its items have all attributes of a key: of an index, when they are in it.
bool prove_has_key(const struct program *program, const struct key_schema *key);
// What the attribute of that role can be.
const struct texts *prove_texts(const struct prover *prover,
                                const struct program *program,
                                const struct key_role *role);
// As it is written in the definition.
struct str prove_written(const struct key_role *role);

// Calls seen for each expression that decides the order of a range key of type S: of
// the table or of an index that the program's items are in.
void prove_deciding(const struct program *program,
                    void (*seen)(void *context, const struct key_role *role,
                                 const struct expr *expr),
                    void *context);

#endif
