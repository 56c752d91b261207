// Comments that silence warnings:
//
//     billing_mode: PROVISIONED   # ddbgen: allow index-unused because of a migration
//     # ddbgen: allow index-unused, parameter-unused
//     name: ...
//
// One at the end of a line is about that line; one on a line of its own about the next
// line that is none, too, if nothing but such lines is between. Before the first line
// of a file they are also about the file as a whole. Private to the yaml layer.
#ifndef DDB_YAML_ALLOW_READ_H
#define DDB_YAML_ALLOW_READ_H

#include "diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A piece of a text, in bytes: [from, to).
struct text_range {
    size_t from;
    size_t to;
};

struct allow_text {
    struct str text;
    const struct source *source;
    uint64_t line_at; // of the text's first line in the source
    uint32_t line;
    // Where a '#' begins no comment: quoted scalars and the lines of blocks, in order.
    const struct text_range *scalars;
    size_t scalar_count;
};

// False when there is no such comment in the text: nobody needs to note its scalars.
bool allow_text_has_any(struct str text);

// Has diags silence what the comments say; what is wrong with them is diagnosed.
void allow_read(const struct allow_text *text, struct diags *diags);

#endif
