// Walking a surveyed fixture conversation by conversation: what verify and emit share.
#ifndef DDB_COMPILE_WALK_H
#define DDB_COMPILE_WALK_H

#include "compilation.h"
#include "eval.h"
#include "transcript.h"

// A conversation in hand: its header read again, its ends known from the survey.
struct walk {
    struct compilation *compilation;
    struct transcript transcript;
    struct fixture *fixture;
    struct arena header_arena; // of the current header
    struct arena scratch;      // of the current conversation
    struct arena quiet_arena;
    struct diags quiet; // of the reading: its warnings were given by the survey, its
                        // errors mean that the file changed
    struct conversation_facts facts;
    size_t next;
};

void walk_init(struct walk *walk, struct compilation *compilation,
               struct fixture *fixture);
void walk_deinit(struct walk *walk);
// Goes to the next conversation and fills facts. False at the end, or when the fixture
// does not read as it did before.
bool walk_next(struct walk *walk);
// After walk_next gave false: reports a fixture that did not read as it did before.
// True when all is well.
bool walk_complete(const struct walk *walk);
// The next message of the conversation in hand, or false at its end.
bool walk_message(struct walk *walk, struct message_facts *message);

// item_identity.of, in the conversation in hand; `self` is read for FOR_EACH_PARTICIPANT.
struct uuid walk_identity(const struct walk *walk, enum for_each kind, size_t self);

// The participants that an item of the program is made for, as (self, other) contexts:
// calls item() once for FOR_EACH_CONVERSATION, once a participant for
// FOR_EACH_PARTICIPANT, never for messages and rows. False stops.
bool walk_items(const struct program *program, struct eval_context *context,
                bool (*item)(void *data, const struct program *program,
                             const struct eval_context *context),
                void *data);

#endif
