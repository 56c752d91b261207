// References to the environment, ${env.NAME}: found here, looked up in live/env.c. They
// are allowed only as the entire value of handles.postgres.url and of a target's
// fields.
#ifndef DDB_MODEL_ENV_REF_H
#define DDB_MODEL_ENV_REF_H

#include "diag.h"
#include "shape.h"
#include "str.h"

#include <stdbool.h>

// A reference as the entire value, and a text that has none and is not empty.
extern const struct shape ENV_REF_SHAPE;
extern const struct shape ENV_FREE_SHAPE;

enum env_ref {
    ENV_REF_NONE,   // text has no ${env.
    ENV_REF_WHOLE,  // text is ${env.NAME}
    ENV_REF_WITHIN, // text has ${env. but is not such a reference
};

// *name, a slice of text, is set for ENV_REF_WHOLE only. NAME is a C identifier.
enum env_ref env_ref_find(struct str *name, struct str text);

// Whether a variable is one in which a CI passes on what others wrote: the names of
// branches, the titles and messages of commits. Its value is not the user's.
bool env_ref_is_foreign(struct str name);

// For texts that take no reference: false (DIAG_ENV_NOT_ALLOWED) when there is one.
__attribute__((warn_unused_result)) bool
env_ref_refuse(struct str text, struct span span, struct diags *diags);
// For texts that take one as their entire value: false when there is one elsewhere.
__attribute__((warn_unused_result)) bool
env_ref_check_whole(struct str text, struct span span, struct diags *diags);

#endif
