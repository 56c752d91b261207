// Text that is read as YAML, and places in it. Private to yaml_read.c.
#ifndef DDB_YAML_YAML_TEXT_H
#define DDB_YAML_YAML_TEXT_H

#include "diag.h"
#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct yaml_text {
    struct str text;
    const struct source *source;
    uint64_t base_at;   // of text in the source
    uint32_t base_line; // of text's first line
};

// Where a code point index of libyaml is in the text.
struct text_cursor {
    size_t index; // code points from the start
    size_t byte;
    uint32_t line; // from 0
    size_t line_byte;
};

// Moves it to a code point; backwards costs a new beginning.
void text_cursor_seek(struct text_cursor *cursor, struct str text, size_t index);

// The place from one code point to another, as far as it is on one line. The cursor
// stands at its beginning then.
struct span yaml_text_span(const struct yaml_text *in, struct text_cursor *cursor,
                           size_t from, size_t to);

// False: it holds a character that is refused wherever it stands; the first is
// diagnosed.
bool yaml_text_check(const struct yaml_text *in, struct diags *diags);

#endif
