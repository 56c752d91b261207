// Shell patterns for one part of a path: `*`, `?`, `[a-z]`, `[!a-z]`, and a backslash
// before what stands for itself.
#ifndef DDB_BASE_WILDCARD_H
#define DDB_BASE_WILDCARD_H

#include "arena.h"
#include "str.h"

#include <stdbool.h>

// True when the text matches as a whole. `?` and what is in brackets are a code point.
// A leading dot is matched by a dot only. At most as many steps as both lengths
// multiplied.
bool wildcard_match(struct str pattern, struct str text);

// True when the pattern can match anything but one text.
bool wildcard_is(struct str pattern);

// That text.
struct str wildcard_text(struct str pattern, struct arena *arena);

#endif
