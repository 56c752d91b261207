// Conversations again: records of the survey enter, facts for templates leave.
#include "walk.h"

#include "stop.h"

void walk_init(struct walk *walk, struct compilation *compilation,
               struct fixture *fixture)
{
    *walk = (struct walk){.compilation = compilation, .fixture = fixture};
    struct transcript_options options = {.now = fixture->now, .verified = true};
    diags_init(&walk->quiet, &walk->quiet_arena);
    transcript_init(&walk->transcript, &fixture->source, &options, &walk->header_arena,
                    &walk->quiet);
    if (fixture->given != NULL) {
        transcript_give_header(&walk->transcript, fixture->given);
    }
}

void walk_deinit(struct walk *walk)
{
    uuid_hasher_free(walk->facts.hasher);
    transcript_deinit(&walk->transcript);
    arena_deinit(&walk->header_arena);
    arena_deinit(&walk->scratch);
    arena_deinit(&walk->quiet_arena);
}

bool walk_complete(const struct walk *walk)
{
    if (stop_is_set(walk->compilation->stop)) {
        return false; // no mistake
    }
    if (walk->quiet.errors == 0 && walk->next == walk->fixture->conversation_count) {
        return true;
    }
    diag_add(walk->compilation->diags, DIAG_FILE_CHANGED,
             source_span_file(&walk->fixture->source),
             "the file changed while it was compiled");
    return false;
}

static struct message_facts
facts_of(struct walk *walk, const struct message_record *record, uint64_t index)
{
    return (struct message_facts){
        .index = index,
        .participant = record->participant,
        .created_at = record->created_at,
        .text = transcript_text_again(&walk->fixture->source, record->text_at,
                                      record->text_raw, &walk->scratch),
    };
}

static instant_us starts_at(const struct walk *walk, instant_us first)
{
    const struct header *header = &walk->transcript.header;
    instant_us at = first;
    if (header->starts == STARTS_AT) {
        at = header->starts_at;
    } else if (header->starts == STARTS_RELATIVE &&
               !instant_add(&at, walk->fixture->now, header->starts_at)) {
        at = first; // refused by the survey
    }
    return at;
}

bool walk_next(struct walk *walk)
{
    if (walk->next == walk->fixture->conversation_count ||
        stop_is_set(walk->compilation->stop)) {
        return false;
    }
    const struct conversation_record *record =
        &walk->fixture->conversations[walk->next++];
    if (walk->fixture->given == NULL) {
        transcript_seek(&walk->transcript, record->header_at, record->header_line);
    }
    if (transcript_next(&walk->transcript) != TRANSCRIPT_CONVERSATION) {
        return false;
    }
    arena_reset(&walk->scratch);
    uuid_hasher_free(walk->facts.hasher);
    walk->facts = (struct conversation_facts){
        .header = &walk->transcript.header,
        .starts_at = starts_at(walk, record->first.created_at),
        .message_count = record->message_count,
        .first = facts_of(walk, &record->first, 0),
        .last = facts_of(walk, &record->last, record->message_count - 1),
        .hasher = uuid_hasher_new(&walk->transcript.header.uuid),
    };
    return true;
}

bool walk_message(struct walk *walk, struct message_facts *message)
{
    if (stop_is_set(walk->compilation->stop) ||
        transcript_next(&walk->transcript) != TRANSCRIPT_MESSAGE) {
        return false;
    }
    const struct transcript_message *read = &walk->transcript.message;
    *message = (struct message_facts){read->index, read->participant, read->created_at,
                                      read->text};
    return true;
}

struct uuid walk_identity(const struct walk *walk, enum for_each kind, size_t self)
{
    const struct header *header = walk->facts.header;
    return kind == FOR_EACH_PARTICIPANT
               ? uuid_hasher_v5(walk->facts.hasher, header->participants[self].handle)
               : header->uuid;
}

bool walk_items(const struct program *program, struct eval_context *context,
                bool (*item)(void *data, const struct program *program,
                             const struct eval_context *context),
                void *data)
{
    size_t participants = context->conversation->header->participant_count;
    switch (program->entity->for_each) {
    case FOR_EACH_CONVERSATION:
        return item(data, program, context);
    case FOR_EACH_PARTICIPANT:
        for (size_t i = 0; i < participants; i++) {
            context->self = i;
            context->other = participants == 2 ? 1 - i : participants;
            if (!item(data, program, context)) {
                return false;
            }
        }
        return true;
    case FOR_EACH_MESSAGE:
    case FOR_EACH_ROW:
    default:
        return true;
    }
}
