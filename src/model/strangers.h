// Labels that nobody declared: each is said once for a conversation, with how many
// lines it begins. Private to the transcript reader.
//
// Under `continuation: join` a line without a declared label belongs to the message
// before. It does not where it is likely that somebody speaks: behind a time, under a
// label that is near a declared one, or under one that comes back.
#ifndef DDB_MODEL_STRANGERS_H
#define DDB_MODEL_STRANGERS_H

#include "arena.h"
#include "diag.h"
#include "header.h"
#include "map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How many of a conversation are told apart. Of those past it each line is said, and
// under `join` none.
#define STRANGERS_MAX 4096
// From so many lines on a label is one, under `join` too.
#define STRANGERS_RECUR 5
// How often an undeclared label is held against a declared one under `join`, in a file.
#define STRANGERS_NEAR_MAX 5000000

struct strangers {
    struct arena *arena;
    struct diags *diags;
    const struct header *header;
    struct map by_label; // to struct stranger
    size_t near_left;    // of STRANGERS_NEAR_MAX
    bool bare;           // the header comes from options: it is these that help names
};

void strangers_init(struct strangers *strangers, struct diags *diags);

// Begins a conversation; what is kept lies in the arena, with the header's text.
void strangers_begin(struct strangers *strangers, const struct header *header,
                     struct arena *arena);

// A line begins with a label that is not declared. `meant`: nothing else than a message
// can be meant, because lines are not joined or a time stands before it.
void strangers_note(struct strangers *strangers, struct str label, struct span span,
                    bool meant);

// Ends the conversation: reports those that are taken for speakers.
void strangers_report(struct strangers *strangers);

#endif
