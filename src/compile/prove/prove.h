// What a definition says of itself, proved before any fixture is looked at: keys that
// collide, keys that do not sort, patterns and entities that miss each other.
//
// Everything here warns: the definition may be right and only half of a larger design.
// What is certainly wrong is an error of program.c, query.c or verify.c.
#ifndef DDB_COMPILE_PROVE_H
#define DDB_COMPILE_PROVE_H

#include "compilation.h"

// Makes all proofs of a unit, once its fixtures are surveyed. Programs and queries that
// are broken are left out, and then what needs all of them is; so is a whole unit that is
// broken or too large.
void prove_unit(const struct compilation *compilation, const struct unit *unit);

#endif
