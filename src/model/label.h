// The label of a message's line: "[time] Label: text". Private to the transcript
// reader.
#ifndef DDB_MODEL_LABEL_H
#define DDB_MODEL_LABEL_H

#include "header.h"
#include "instant.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

// What stands before a message's text.
struct label_match {
    const struct participant *participant; // NULL: not a message line
    bool timed;
    instant_us time;
    size_t text_at; // in the line
};

// Finds the label, and whether there is a time before it; the time itself is not read.
void label_match_find(struct label_match *out, const struct header *header,
                      struct str text);

// Where the label that text begins with ends: the place of its ": ", or text.len.
size_t label_end(struct str text);

// Behind the time that a line begins with ("[...] "), or 0.
size_t label_time_end(struct str text);

// Whether what stands in brackets before a line is a time, well written or not: digits
// and what dates and clocks have between them, a colon or three groups of digits.
bool label_is_stamp(struct str text);

// The place of a colon that ends a participant's label and has no blank behind it (an
// editor took it away), or text.len.
size_t label_find_bare_colon(const struct header *header, struct str text);

#endif
