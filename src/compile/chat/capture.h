// A template run backwards: what its expressions gave, for a text that it made.
#ifndef DDB_COMPILE_CAPTURE_H
#define DDB_COMPILE_CAPTURE_H

#include "arena.h"
#include "instant.h"
#include "template.h"

#include <stdbool.h>

// Cuts the text by the template: pieces[i], of the text, is what its part i stands for.
// Where it can be cut in several ways, what stands first is as short as can be. False: the
// template cannot have made it, or telling would take too much.
__attribute__((warn_unused_result)) bool capture(struct str *pieces,
                                                 const struct template *template,
                                                 struct str text,
                                                 struct arena *scratch);

// The time that an expression made `text` of, as exactly as it can be told. False: no day
// or no minute of it can.
__attribute__((warn_unused_result)) bool
capture_time(instant_us *out, const struct expr *expr, struct str text);

#endif
