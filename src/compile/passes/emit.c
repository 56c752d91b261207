// The last pass: records, users and programs enter, batches of finished JSON leave.
//
// For each conversation its non-message entities come first, in definition order, then
// its messages, each with every message entity. After all conversations come the rows,
// then the items as they were written. Who only looks at items gets them as values.
#include "emit.h"

#include "data_walk.h"
#include "fold.h"
#include "item.h"
#include "item_build.h"
#include "packer.h"
#include "walk.h"

#define SCRATCH_MAX_BYTES ((size_t)4 << 20)

// A message entity, folded for each sender when that sender first speaks.
struct speaker_program {
    const struct program *program;
    struct folded *by_participant; // ops NULL: not folded yet
    bool skip;                     // its condition does not hold in this conversation
    bool each;                     // its condition is asked for each message
};

struct emitter {
    struct compilation *compilation;
    const struct unit *unit;
    struct walk *walk;
    const struct item_sink *values; // instead of the packer; or NULL
    struct packer packer;
    struct buf scratch;
    struct arena one; // of one item that is made once
    struct speaker_program *speakers;
    size_t speaker_count;
    uint32_t line; // of the message or the header
};

// The item that was written, of `line` of a fixture; all but its identity is known. NULL:
// the sink said no.
static struct batch_item *end_item(struct emitter *emitter,
                                   const struct fixture *fixture, uint32_t line)
{
    struct batch_item *item = packer_end(&emitter->packer);
    if (item != NULL) {
        item->write = ITEM_PUT;
        item->source = &fixture->source;
        item->line = line;
    }
    return item;
}

// Of what is made of the conversation at hand; written where it stays.
static void identify(struct item_identity *out, const struct emitter *emitter,
                     const struct program *program, const struct eval_context *context)
{
    const struct walk *walk = emitter->walk;
    enum for_each kind = program->entity->for_each;
    out->program = program;
    out->fixture = walk->fixture;
    out->row = NULL;
    out->conversation = walk->next - 1;
    out->index = kind == FOR_EACH_MESSAGE       ? context->message->index
                 : kind == FOR_EACH_PARTICIPANT ? context->self
                                                : 0;
    out->of = walk_identity(walk, kind, context->self);
}

static bool put_item(struct emitter *emitter, const struct program *program,
                     const struct folded *folded, const struct eval_context *context)
{
    struct buf *json = packer_begin(&emitter->packer);
    if (json == NULL) {
        return false;
    }
    folded_write(json, folded, context, &emitter->scratch);
    struct batch_item *item = end_item(emitter, emitter->walk->fixture, emitter->line);
    if (item == NULL) {
        return false;
    }
    identify(&item->identity, emitter, program, context);
    return true;
}

// The same item, to who asked for values.
static bool give_item(struct emitter *emitter, const struct program *program,
                      const struct eval_context *context)
{
    struct item item;
    const struct expr *failed = NULL;
    struct item_identity identity;
    identify(&identity, emitter, program, context);
    arena_reset(&emitter->one);
    return item_build(&item, program, context, &emitter->one, &failed) == EVAL_OK &&
           emitter->values->take(emitter->values->context, &item, &identity);
}

static bool holds(struct emitter *emitter, const struct program *program,
                  const struct eval_context *context)
{
    bool result = true;
    return condition_eval(&result, &program->when, context, &emitter->scratch) ==
               EVAL_OK &&
           result;
}

static bool emit_one(void *data, const struct program *program,
                     const struct eval_context *context)
{
    struct emitter *emitter = data;
    if (!holds(emitter, program, context)) {
        return true;
    }
    if (emitter->values != NULL) {
        return give_item(emitter, program, context);
    }
    struct folded folded;
    arena_reset(&emitter->one);
    program_fold(&folded, program, context, &emitter->one);
    return put_item(emitter, program, &folded, context);
}

static void open_speakers(struct emitter *emitter, const struct eval_context *context)
{
    size_t participants = context->conversation->header->participant_count;
    for (size_t i = 0; i < emitter->speaker_count; i++) {
        struct speaker_program *speaker = &emitter->speakers[i];
        speaker->by_participant = arena_array(&emitter->walk->scratch, participants,
                                              sizeof *speaker->by_participant);
        speaker->each = program_asks_each(speaker->program);
        speaker->skip = !speaker->each && !holds(emitter, speaker->program, context);
    }
}

static bool emit_spoken(struct emitter *emitter, struct speaker_program *speaker,
                        const struct eval_context *context)
{
    if (emitter->values != NULL) {
        return give_item(emitter, speaker->program, context);
    }
    struct folded *folded = &speaker->by_participant[context->message->participant];
    if (folded->ops == NULL) {
        program_fold(folded, speaker->program, context, &emitter->walk->scratch);
    }
    return put_item(emitter, speaker->program, folded, context);
}

static bool emit_message(struct emitter *emitter, const struct eval_context *context)
{
    for (size_t i = 0; i < emitter->speaker_count; i++) {
        struct speaker_program *speaker = &emitter->speakers[i];
        if (speaker->skip ||
            (speaker->each && !holds(emitter, speaker->program, context))) {
            continue;
        }
        if (!emit_spoken(emitter, speaker, context)) {
            return false;
        }
    }
    return true;
}

static bool emit_conversation(struct emitter *emitter)
{
    struct walk *walk = emitter->walk;
    struct eval_context context = {
        .conversation = &walk->facts,
        .users = &emitter->unit->users,
        .placeholders = emitter->unit->placeholders,
    };
    emitter->line = walk->facts.header->span.line;
    for (size_t i = 0; i < emitter->unit->program_count; i++) {
        if (!walk_items(&emitter->unit->programs[i], &context, emit_one, emitter)) {
            return false;
        }
    }
    struct message_facts message;
    if (emitter->speaker_count == 0) {
        return true;
    }
    open_speakers(emitter, &context);
    context.message = &message;
    while (walk_message(walk, &message)) {
        emitter->line = walk->transcript.message.line.number;
        if (!emit_message(emitter, &context)) {
            return false;
        }
    }
    return true;
}

static bool emit_transcript(struct emitter *emitter, struct fixture *fixture)
{
    struct walk walk;
    walk_init(&walk, emitter->compilation, fixture);
    emitter->walk = &walk;
    bool more = true;
    while (more && walk_next(&walk)) {
        more = emit_conversation(emitter);
    }
    bool ok = more && walk_complete(&walk);
    walk_deinit(&walk);
    emitter->walk = NULL;
    return ok;
}

// row NULL: as it was written.
static bool put_data_item(struct emitter *emitter, const struct item *item,
                          const struct fixture *fixture, const struct program *program,
                          const struct row *row)
{
    struct item_identity identity = {
        .program = program, .fixture = fixture, .row = row};
    if (emitter->values != NULL) {
        return emitter->values->take(emitter->values->context, item, &identity);
    }
    struct buf *json = packer_begin(&emitter->packer);
    if (json == NULL) {
        return false;
    }
    item_write(json, item);
    struct batch_item *ended = end_item(emitter, fixture, item->span.line);
    if (ended != NULL) {
        ended->identity = identity;
    }
    return ended != NULL;
}

static bool emit_row(void *data, const struct fixture *fixture,
                     const struct program *program, const struct row *row)
{
    struct emitter *emitter = data;
    struct eval_context context = {
        .users = &emitter->unit->users,
        .placeholders = emitter->unit->placeholders,
        .row = row,
    };
    struct item item;
    const struct expr *failed = NULL;
    arena_reset(&emitter->one);
    return !holds(emitter, program, &context) ||
           (item_build(&item, program, &context, &emitter->one, &failed) == EVAL_OK &&
            put_data_item(emitter, &item, fixture, program, row));
}

static bool emit_plain(void *data, const struct fixture *fixture,
                       const struct plain_item *plain)
{
    struct item item = item_of_plain(plain);
    return put_data_item(data, &item, fixture, NULL, NULL);
}

// All items of the unit, into the emitter's packer or to who asked for values.
static bool emit_all(struct emitter *emitter)
{
    struct compilation *compilation = emitter->compilation;
    const struct unit *unit = emitter->unit;
    struct data_visitor visitor = {emit_row, emit_plain, emitter, false};
    emitter->speakers =
        arena_array(compilation->arena, unit->program_count, sizeof *emitter->speakers);
    for (size_t i = 0; i < unit->program_count; i++) {
        if (unit->programs[i].entity->for_each == FOR_EACH_MESSAGE) {
            emitter->speakers[emitter->speaker_count++].program = &unit->programs[i];
        }
    }
    buf_init(&emitter->scratch, SCRATCH_MAX_BYTES);
    bool ok = true;
    for (size_t i = 0; i < unit->fixture_count && ok; i++) {
        ok = unit->fixtures[i]->data != NULL ||
             emit_transcript(emitter, unit->fixtures[i]);
    }
    ok = ok && data_walk(compilation, unit, &visitor);
    arena_deinit(&emitter->one);
    buf_deinit(&emitter->scratch);
    return ok;
}

bool emit_unit(struct compilation *compilation, struct unit *unit,
               const struct batch_sink *sink)
{
    struct emitter emitter = {.compilation = compilation, .unit = unit};
    packer_init(&emitter.packer, unit->definition.table.name, sink);
    bool ok = emit_all(&emitter) && packer_flush(&emitter.packer);
    packer_deinit(&emitter.packer);
    return ok;
}

bool emit_values(struct compilation *compilation, struct unit *unit,
                 const struct item_sink *sink)
{
    struct emitter emitter = {.compilation = compilation, .unit = unit, .values = sink};
    return emit_all(&emitter);
}
