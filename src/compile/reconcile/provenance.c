// A live item enters; the conversation and the message or participant that it was made
// for leave, if it was made by one of the unit's entities.
#include "provenance.h"

#include "map.h"
#include "matcher.h"
#include "template_facts.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#define CONVERSATIONS_MAX 16 // whose messages are looked at for one item

struct provenance {
    struct compilation *compilation;
    const struct unit *unit;
    struct arena arena;        // lives as long
    struct map conversations;  // 16 bytes of a uuid to struct place
    struct arena conversation; // of the one at hand
    struct map messages;       // 16 bytes of a uuid to its index + 1, as a pointer
    struct walk walk;          // at the conversation at hand
    bool messages_noted;
    const struct place *at;
    const struct program **fitting; // those that the item at hand may be of
    size_t fitting_count;
    struct matcher matcher;
};

// Where a conversation is.
struct place {
    struct fixture *fixture;
    size_t number; // in the fixture
    struct uuid uuid;
};

static struct str uuid_bytes(const struct uuid *uuid)
{
    return (struct str){(const char *)uuid->bytes, sizeof uuid->bytes};
}

static void note_conversations(struct provenance *provenance, struct fixture *fixture)
{
    struct walk walk;
    walk_init(&walk, provenance->compilation, fixture);
    while (walk_next(&walk)) {
        struct place *place = arena_alloc(&provenance->arena, sizeof *place);
        *place = (struct place){fixture, walk.next - 1, walk.facts.header->uuid};
        map_add(&provenance->conversations, uuid_bytes(&place->uuid), NULL)->value =
            place;
    }
    walk_deinit(&walk);
}

struct provenance *provenance_new(struct compilation *compilation,
                                  const struct unit *unit)
{
    struct arena arena = {0};
    struct provenance *provenance = arena_alloc(&arena, sizeof *provenance);
    *provenance =
        (struct provenance){.compilation = compilation, .unit = unit, .arena = arena};
    map_init(&provenance->conversations, &provenance->arena);
    provenance->fitting =
        arena_array(&provenance->arena, unit->program_count, sizeof(struct program *));
    matcher_init(&provenance->matcher);
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i]->data == NULL) {
            note_conversations(provenance, unit->fixtures[i]);
        }
    }
    return provenance;
}

void provenance_free(struct provenance *provenance)
{
    if (provenance == NULL) {
        return;
    }
    if (provenance->at != NULL) {
        walk_deinit(&provenance->walk);
    }
    arena_deinit(&provenance->conversation);
    matcher_deinit(&provenance->matcher);
    struct arena arena = provenance->arena; // which the provenance itself lives in
    arena_deinit(&arena);
}

// ---- the conversation at hand

// Uuids of the messages that are there and of those that may have been.
static void note_messages(struct provenance *provenance)
{
    uint64_t count = provenance->walk.facts.message_count + PROVENANCE_PAST_END;
    provenance->messages_noted = true;
    map_init(&provenance->messages, &provenance->conversation);
    for (uint64_t i = 0; i < count; i++) {
        char name[20];
        size_t at = sizeof name;
        uint64_t rest = i;
        do {
            name[--at] = (char)('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        struct uuid *uuid = arena_alloc(&provenance->conversation, sizeof *uuid);
        *uuid = uuid_hasher_v5(provenance->walk.facts.hasher,
                               (struct str){name + at, sizeof name - at});
        uint64_t *index = arena_alloc(&provenance->conversation, sizeof *index);
        *index = i;
        map_add(&provenance->messages, uuid_bytes(uuid), NULL)->value = index;
    }
}

// Goes to a conversation; items of one partition mostly ask for the same.
static bool go_to(struct provenance *provenance, const struct place *place)
{
    if (provenance->at == place) {
        return true;
    }
    if (provenance->at != NULL) {
        walk_deinit(&provenance->walk);
        provenance->at = NULL;
    }
    walk_init(&provenance->walk, provenance->compilation, place->fixture);
    provenance->walk.next = place->number;
    if (!walk_next(&provenance->walk)) {
        walk_deinit(&provenance->walk);
        return false;
    }
    arena_reset(&provenance->conversation);
    provenance->messages_noted = false;
    provenance->at = place;
    return true;
}

// ---- one item against all entities

static void note_proof(void *context, const struct expr *expr)
{
    unsigned *proofs = context;
    if (expr->field == FIELD_UUID && expr->filter_count == 0) {
        *proofs |= 1U << expr->subject;
    }
}

// True when the entity's items carry what proves whose they are.
static bool has_proof(const struct program *program)
{
    unsigned proofs = 0;
    program_visit(program, note_proof, &proofs);
    bool message = program->entity->for_each == FOR_EACH_MESSAGE;
    unsigned needed = 1U << (message ? SUBJECT_MESSAGE : SUBJECT_CONVERSATION);
    return !program->broken && program->entity->for_each != FOR_EACH_ROW &&
           (proofs & needed) == needed;
}

struct candidate {
    struct provenance *provenance;
    const struct value_entry *entries;
    size_t count;
    struct item_identity *identity;
    const struct place *place; // the conversation whose uuid was found last, or NULL
    unsigned places;           // how many were
    const uint64_t *message; // index of the message whose uuid is in the item, or NULL
};

// Takes a step. False: there is none left.
static bool step(struct provenance *provenance)
{
    provenance->matcher.steps -= provenance->matcher.steps > 0 ? 1 : 0;
    return provenance->matcher.steps > 0;
}

// Most of what others wrote is told by its attributes' names.
static void find_fitting(struct candidate *candidate)
{
    struct provenance *provenance = candidate->provenance;
    provenance->fitting_count = 0;
    for (size_t i = 0; i < provenance->unit->program_count; i++) {
        const struct program *program = &provenance->unit->programs[i];
        if (!program->broken &&
            matcher_fits(program, candidate->entries, candidate->count) &&
            has_proof(program)) {
            provenance->fitting[provenance->fitting_count++] = program;
        }
    }
}

static bool try_context(struct candidate *candidate, const struct program *program,
                        const struct eval_context *context)
{
    return step(candidate->provenance) &&
           matcher_match(&candidate->provenance->matcher, program, context,
                         candidate->entries, candidate->count);
}

// As the users are now, or as they were.
static bool try_users(struct candidate *candidate, const struct program *program,
                      const struct users *users)
{
    struct provenance *provenance = candidate->provenance;
    const struct conversation_facts *facts = &provenance->walk.facts;
    size_t participants = facts->header->participant_count;
    enum for_each kind = program->entity->for_each;
    struct message_facts message = {
        .index = candidate->message != NULL ? *candidate->message : 0};
    struct eval_context context = {
        .conversation = facts,
        .users = users,
        .message = &message,
    };
    for (size_t i = 0; i < (kind == FOR_EACH_CONVERSATION ? 1 : participants); i++) {
        context.self = i;
        context.other = participants == 2 ? 1 - i : participants;
        message.participant = i;
        if (try_context(candidate, program, &context)) {
            *candidate->identity = (struct item_identity){
                .program = program,
                .fixture = provenance->at->fixture,
                .conversation = provenance->at->number,
                .index = kind == FOR_EACH_MESSAGE ? message.index : i,
                .of = walk_identity(&provenance->walk, kind, i),
            };
            return true;
        }
    }
    return false;
}

static bool try_program(struct candidate *candidate, const struct program *program)
{
    const struct unit *unit = candidate->provenance->unit;
    if ((program->entity->for_each == FOR_EACH_MESSAGE) !=
        (candidate->message != NULL)) {
        return false;
    }
    bool found = try_users(candidate, program, &unit->users) ||
                 (unit->former != NULL && try_users(candidate, program, unit->former));
    for (size_t i = 0; i < unit->learned_count && !found; i++) {
        found = try_users(candidate, program, unit->learned[i]);
    }
    return found;
}

static bool try_programs(struct candidate *candidate)
{
    const struct provenance *provenance = candidate->provenance;
    for (size_t i = 0; i < provenance->fitting_count; i++) {
        if (try_program(candidate, provenance->fitting[i])) {
            return true;
        }
    }
    return false;
}

// What is called for every uuid in an item's strings, until it says true or the steps
// are used up.
typedef bool (*uuid_visitor)(struct candidate *candidate, const struct uuid *uuid);

static bool visit_text(struct candidate *candidate, struct str text, uuid_visitor found)
{
    bool done = false;
    for (size_t i = 0; i + UUID_TEXT_LEN <= text.len && !done; i++) {
        struct uuid uuid;
        bool is_uuid = step(candidate->provenance) &&
                       uuid_parse(&uuid, (struct str){text.at + i, UUID_TEXT_LEN});
        done = is_uuid && found(candidate, &uuid);
    }
    return done;
}

static bool visit_value(struct candidate *candidate, const struct value *value,
                        uuid_visitor found)
{
    bool done = value->type == VALUE_S && visit_text(candidate, value->text, found);
    for (size_t i = 0; value->type == VALUE_L && i < value->count && !done; i++) {
        done = visit_value(candidate, value->items[i], found);
    }
    for (size_t i = 0; value->type == VALUE_M && i < value->count && !done; i++) {
        done = visit_value(candidate, value->entries[i].value, found);
    }
    return done;
}

static bool visit_item(struct candidate *candidate, uuid_visitor found)
{
    bool done = false;
    for (size_t i = 0; i < candidate->count && !done; i++) {
        done = visit_value(candidate, candidate->entries[i].value, found);
    }
    return done;
}

static bool is_message(struct candidate *candidate, const struct uuid *uuid)
{
    const uint64_t *before = candidate->message;
    const uint64_t *message =
        map_find(&candidate->provenance->messages, uuid_bytes(uuid));
    if (message == NULL || message == before) {
        return false;
    }
    candidate->message = message;
    return try_programs(candidate);
}

// An item of a message: what is left is to find which.
static bool try_messages(struct candidate *candidate)
{
    struct provenance *provenance = candidate->provenance;
    bool wanted = false;
    for (size_t i = 0; i < provenance->fitting_count; i++) {
        enum for_each kind = provenance->fitting[i]->entity->for_each;
        wanted = wanted || kind == FOR_EACH_MESSAGE;
    }
    if (!wanted || ++candidate->places > CONVERSATIONS_MAX) {
        return false;
    }
    if (!provenance->messages_noted) {
        note_messages(provenance);
    }
    return visit_item(candidate, is_message);
}

static bool is_conversation(struct candidate *candidate, const struct uuid *uuid)
{
    struct provenance *provenance = candidate->provenance;
    const struct place *place = map_find(&provenance->conversations, uuid_bytes(uuid));
    if (place == NULL || place == candidate->place || !go_to(provenance, place)) {
        return false;
    }
    candidate->place = place;
    candidate->message = NULL;
    return try_programs(candidate) || try_messages(candidate);
}

bool provenance_match(struct provenance *provenance, struct item_identity *identity,
                      const struct value_entry *entries, size_t count)
{
    struct candidate candidate = {.provenance = provenance,
                                  .entries = entries,
                                  .count = count,
                                  .identity = identity};
    provenance->matcher.steps = PROVENANCE_STEPS_MAX;
    find_fitting(&candidate);
    return provenance->fitting_count > 0 && visit_item(&candidate, is_conversation);
}
