// An entity's keys: what of them it has, and which are proved distinct.
#ifndef DDB_COMPILE_PROGRAM_KEYS_H
#define DDB_COMPILE_PROGRAM_KEYS_H

#include "arena.h"
#include "eval.h"
#include "program.h"
#include "str.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>

// Decides check_keys for all entities of a table: keys are proved distinct where each
// entity's key holds what tells its items apart, and the entities' keys begin with
// different literals.
void programs_prove_keys(struct program *programs, size_t count);

// Fills in the sums, from the roles.
void program_sum_keys(struct program *program, struct arena *arena);

// Its part in a key attribute, or NULL where its items do not have it.
const struct key_role *program_find_role(const struct program *program,
                                         struct str name);
// True when its items have all attributes of a key: of an index, when they are in it.
bool program_has_key(const struct program *program, const struct key_schema *key);

// The literal that every value of the table's key attribute `role` (0: hash, 1: range)
// begins with; may be empty.
struct str program_key_prefix(const struct program *program, size_t role);

// False when the item lacks an attribute of the index's key.
bool program_in_index(const struct program *program,
                      const struct secondary_index *index,
                      const struct eval_context *context);

#endif
