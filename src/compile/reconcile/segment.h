// A text against what a template may give: known texts, and texts of a kind, in a row.
#ifndef DDB_COMPILE_SEGMENT_H
#define DDB_COMPILE_SEGMENT_H

#include "arena.h"
#include "str.h"
#include "template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Known text, or any text of an expression's type.
struct segment {
    struct str text;
    const struct expr *any; // NULL: text
};

// True when the text can be cut into the segments, each piece being its segment's text
// or of its type. What that takes, about a step a byte and segment, is taken off *steps
// beforehand: where they do not suffice, they are 0 and the answer is no. In scratch a
// byte for each of the text is used.
bool segments_match(const struct segment *segments, size_t count, struct str text,
                    struct arena *scratch, uint64_t *steps);

#endif
