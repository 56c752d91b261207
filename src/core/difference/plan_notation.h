// Names and values as a plan shows them to people: as a definition would write them, on
// one line, harmless, and such that what is not the same does not look the same.
//
//     title   "cost center"   5   "5"   !SS ["a", "b"]   { deep: [true, null] }
#ifndef DDB_CORE_PLAN_NOTATION_H
#define DDB_CORE_PLAN_NOTATION_H

#include "buf.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// How much of one is shown.
enum notation_room {
    NOTATION_CUT,   // long ones are cut, and "…" stands for the rest
    NOTATION_WHOLE, // all of it
};

// An attribute's name: bare where it cannot be mistaken, else as a string.
void notation_put_name(struct buf *out, struct str name, enum notation_room room);
void notation_put_value(struct buf *out, const struct value *value,
                        enum notation_room room);
// A member of a set of that type.
void notation_put_member(struct buf *out, struct str member, enum value_type type);
// Two values that differ, into empty buffers: long ones around what differs. What looks
// the same without being it is escaped. True: one is wide enough for a line of its own.
bool notation_put_both(struct buf *old_out, struct buf *new_out,
                       const struct value *old, const struct value *new,
                       enum notation_room room);
// What was and what is to be: "old -> new", or where they are long, on two lines around
// what differs, the second of which begins with " -> ". With color in red and green.
void notation_put_change(struct buf *out, const struct value *old,
                         const struct value *new, enum notation_room room, bool color);

// Around what is old, and what is new.
#define NOTATION_OLD "\x1b[31m"
#define NOTATION_NEW "\x1b[32m"
#define NOTATION_LOSS "\x1b[1;31m" // what loses something, or cannot be done
#define NOTATION_CHANGED "\x1b[33m"
#define NOTATION_BOLD "\x1b[1m"
#define NOTATION_OFF "\x1b[0m"
// Appends a sequence, with color only.
void notation_put_color(struct buf *out, const char *sequence, bool color);

#endif
