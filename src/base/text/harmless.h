// Lines for a log that somebody's CI reads. GitHub's runner and Azure's agent take
// commands from whatever a program prints, on either stream: "::name ...::" behind
// blanks, and in the older forms "##[name ...]" and "##vso[name ...]" anywhere in a
// line, in upper or lower case. What users wrote must never be one.
#ifndef DDB_BASE_HARMLESS_H
#define DDB_BASE_HARMLESS_H

#include "buf.h"
#include "str.h"

#include <stdbool.h>

// Whether text holds anything that harmless_put would write otherwise. Text begins a
// line. With `commands` lines that begin with "::" are commands of our own, and stay.
bool harmless_is_needed(struct str text, bool commands);

// Whether such a command begins text wherever in a line it stands: what is written for
// its first character then takes HARMLESS_COLUMNS, and no longer needs to be.
bool harmless_is_marked(struct str text);
#define HARMLESS_COLUMNS ((size_t)6)

// Appends that for a character.
void harmless_put_char(struct buf *out, char c);

// Appends text with the first character of what could be a command as in JSON, \u0023
// or \u003a: inside a string of JSON that means the same.
void harmless_put(struct buf *out, struct str text, bool commands);

#endif
