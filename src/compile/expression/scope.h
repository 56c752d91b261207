// What a template may name, and where it leads.
#ifndef DDB_COMPILE_SCOPE_H
#define DDB_COMPILE_SCOPE_H

#include "arena.h"
#include "diag.h"
#include "entity.h"
#include "expr.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

// What may be named in a template.
struct scope {
    unsigned subjects; // bits 1 << SUBJECT_...
    const struct parameter *parameters;
    size_t parameter_count;
    const char *what;       // "an entity for each message", for messages
    size_t *exprs;          // of the definition so far; NULL: they are not counted
    bool parameters_broken; // there are others, which could not be read
};

struct scope scope_of_entity(enum for_each for_each);
// Everything an entity of any kind may name: for one whose for_each is not known.
struct scope scope_of_any_entity(void);

// Fills in what the expression reads, and of which type that is, for a path as it stands
// at span. False: diagnosed, it leads nowhere here.
__attribute__((warn_unused_result)) bool
scope_resolve(struct expr *out, struct str path, struct span span,
              const struct scope *scope, struct arena *arena, struct diags *diags);

#endif
