// Text as a terminal draws it: how wide it is, and where its lines end.
#ifndef DDB_BASE_DISPLAY_H
#define DDB_BASE_DISPLAY_H

#include "str.h"

#include <stddef.h>

// The bytes of what is drawn as one at the beginning of text, at least 1 unless it is
// empty: a letter with its marks, an emoji of several, a flag. *columns is its width.
size_t display_next(size_t *columns, struct str text);
// The columns that all of it takes.
size_t display_columns(struct str text);
// The longest beginning of at most that many columns.
struct str display_prefix(struct str text, size_t columns);
// Takes the next line of at most `width` columns off *rest, without the blanks that it is
// broken at; a word that is wider is broken in itself, wide letters anywhere. One that is
// wider than a whole line is a line of its own. Text without line breaks is expected.
struct str display_line(struct str *rest, size_t width);

#endif
