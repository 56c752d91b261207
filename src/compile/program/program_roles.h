// The parts that an entity's attributes have in the keys of its table and of the indexes.
#ifndef DDB_COMPILE_PROGRAM_ROLES_H
#define DDB_COMPILE_PROGRAM_ROLES_H

#include "arena.h"
#include "diag.h"
#include "program.h"
#include "template.h"

#include <stdbool.h>

// What is known of the attributes of out's entity when all of them were read.
struct program_attributes {
    struct program *out;
    const struct template **templates; // by attribute; NULL: none at its top level
    const bool *refused;               // by attribute: it has no type
    struct arena *arena;
    struct diags *diags;
};

// Adds the roles and the sums of the program, whose entity is not broken. False:
// diagnosed, here or with the table.
__attribute__((warn_unused_result)) bool
program_add_roles(const struct program_attributes *attributes);
// Warns of what expires by text, or by a number that is no near time. Rows' items are
// looked at one by one.
void program_check_expiry(const struct program_attributes *attributes);

#endif
