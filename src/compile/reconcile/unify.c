// A live item enters; the conversation and the message or participant that it was made
// for leave, if it was made by one of the unit's entities.
//
// What a template names is either known once the conversation, the participant and the
// message are (then it is text like any literal), or it changes while a transcript is
// edited (texts, times, counts): then any value of its kind will do.
#include "unify.h"

#include "canon.h"
#include "map.h"
#include "segment.h"
#include "template_facts.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_BYTES ((size_t)1 << 20)
#define SEGMENTS_MAX 64
#define CONVERSATIONS_MAX 16 // whose messages are looked at for one item

struct unifier {
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
    struct arena scratch; // of one match
    struct buf text;
    uint64_t steps; // that are left for the item at hand
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

static void note_conversations(struct unifier *unifier, struct fixture *fixture)
{
    struct walk walk;
    walk_init(&walk, unifier->compilation, fixture);
    while (walk_next(&walk)) {
        struct place *place = arena_alloc(&unifier->arena, sizeof *place);
        *place = (struct place){fixture, walk.next - 1, walk.facts.header->uuid};
        map_add(&unifier->conversations, uuid_bytes(&place->uuid), NULL)->value = place;
    }
    walk_deinit(&walk);
}

struct unifier *unifier_new(struct compilation *compilation, const struct unit *unit)
{
    struct arena arena = {0};
    struct unifier *unifier = arena_alloc(&arena, sizeof *unifier);
    *unifier =
        (struct unifier){.compilation = compilation, .unit = unit, .arena = arena};
    map_init(&unifier->conversations, &unifier->arena);
    unifier->fitting =
        arena_array(&unifier->arena, unit->program_count, sizeof(struct program *));
    buf_init(&unifier->text, TEXT_MAX_BYTES);
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i]->data == NULL) {
            note_conversations(unifier, unit->fixtures[i]);
        }
    }
    return unifier;
}

void unifier_free(struct unifier *unifier)
{
    if (unifier == NULL) {
        return;
    }
    if (unifier->at != NULL) {
        walk_deinit(&unifier->walk);
    }
    arena_deinit(&unifier->conversation);
    arena_deinit(&unifier->scratch);
    buf_deinit(&unifier->text);
    struct arena arena = unifier->arena; // which the unifier itself lives in
    arena_deinit(&arena);
}

// ---- the conversation at hand

// Uuids of the messages that are there and of those that may have been.
static void note_messages(struct unifier *unifier)
{
    uint64_t count = unifier->walk.facts.message_count + UNIFY_PAST_END;
    unifier->messages_noted = true;
    map_init(&unifier->messages, &unifier->conversation);
    for (uint64_t i = 0; i < count; i++) {
        char name[20];
        size_t at = sizeof name;
        uint64_t rest = i;
        do {
            name[--at] = (char)('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        struct uuid *uuid = arena_alloc(&unifier->conversation, sizeof *uuid);
        *uuid = uuid_hasher_v5(unifier->walk.facts.hasher,
                               (struct str){name + at, sizeof name - at});
        uint64_t *index = arena_alloc(&unifier->conversation, sizeof *index);
        *index = i;
        map_add(&unifier->messages, uuid_bytes(uuid), NULL)->value = index;
    }
}

// Goes to a conversation; items of one partition mostly ask for the same.
static bool go_to(struct unifier *unifier, const struct place *place)
{
    if (unifier->at == place) {
        return true;
    }
    if (unifier->at != NULL) {
        walk_deinit(&unifier->walk);
        unifier->at = NULL;
    }
    walk_init(&unifier->walk, unifier->compilation, place->fixture);
    unifier->walk.next = place->number;
    if (!walk_next(&unifier->walk)) {
        walk_deinit(&unifier->walk);
        return false;
    }
    arena_reset(&unifier->conversation);
    unifier->messages_noted = false;
    unifier->at = place;
    return true;
}

// ---- one template against one text

// Values that change while a transcript is edited, or while people are renamed: whose
// an item is, its key and its uuids tell.
static bool is_any(const struct expr *expr, bool in_key)
{
    switch (expr->subject) {
    case SUBJECT_FIRST_MESSAGE:
    case SUBJECT_LAST_MESSAGE:
        return true;
    case SUBJECT_CONVERSATION:
        return expr->field == FIELD_MESSAGE_COUNT || expr->field == FIELD_STARTS_AT;
    case SUBJECT_MESSAGE:
        return expr->field == FIELD_TEXT || expr->field == FIELD_CREATED_AT;
    case SUBJECT_SENDER:
    case SUBJECT_SELF:
    case SUBJECT_OTHER:
        return !in_key && expr->field == FIELD_COLUMN;
    case SUBJECT_ROW:
    case SUBJECT_PARAMETER:
    default:
        return false;
    }
}

struct match {
    struct unifier *unifier;
    const struct program *program;
    const struct eval_context *context;
    size_t next; // of the program's templates
    bool in_key; // the attribute at hand is one of the table's key
};

// An expression as a segment. False: it has no value here.
static bool make_segment(struct match *match, struct segment *out,
                         const struct expr *expr, enum value_type *type)
{
    struct unifier *unifier = match->unifier;
    *type = expr->type == TYPE_NUMBER ? VALUE_N : VALUE_S;
    if (is_any(expr, match->in_key)) {
        *out = (struct segment){.any = expr};
        return true;
    }
    buf_reset(&unifier->text);
    if (expr_eval(&unifier->text, type, expr, match->context) != EVAL_OK) {
        return false;
    }
    *out =
        (struct segment){.text = arena_str(&unifier->scratch, buf_str(&unifier->text))};
    return true;
}

static bool match_text(struct match *match, const struct segment *segments,
                       size_t count, struct str text)
{
    struct unifier *unifier = match->unifier;
    return segments_match(segments, count, text, &unifier->scratch, &unifier->steps);
}

static bool match_single(struct match *match, const struct expr *expr,
                         const struct value *live)
{
    struct segment segment;
    enum value_type type = VALUE_S;
    if (!make_segment(match, &segment, expr, &type) || type != live->type) {
        return false;
    }
    if (type == VALUE_BOOL) {
        return live->boolean == str_is(segment.text, "true");
    }
    return match_text(match, &segment, 1, live->text);
}

static size_t count_templates(const struct value *value)
{
    size_t count = value->type == VALUE_TEMPLATE ? 1 : 0;
    for (size_t i = 0; value->type == VALUE_L && i < value->count; i++) {
        count += count_templates(value->items[i]);
    }
    for (size_t i = 0; value->type == VALUE_M && i < value->count; i++) {
        count += count_templates(value->entries[i].value);
    }
    return count;
}

// The template of a value that may be left out, or NULL: the next one, if the value is
// a template.
static const struct template *optional_of(const struct match *match,
                                          const struct value *value)
{
    const struct template *template =
        value->type == VALUE_TEMPLATE ? match->program->templates[match->next] : NULL;
    return template != NULL && template_is_optional(template) ? template : NULL;
}

static bool match_template(struct match *match, const struct value *live)
{
    const struct template *template = match->program->templates[match->next++];
    const struct expr *single = template_single(template);
    if (template_is_absent(template, match->context)) {
        return single != NULL || live->type == VALUE_S; // it was there before
    }
    if (single != NULL) {
        return match_single(match, single, live);
    }
    struct segment segments[SEGMENTS_MAX];
    if (live->type != VALUE_S || template->count > SEGMENTS_MAX) {
        return false;
    }
    for (size_t i = 0; i < template->count; i++) {
        const struct template_part *part = &template->parts[i];
        enum value_type type = VALUE_S;
        segments[i] = (struct segment){.text = part->literal};
        if (part->expr != NULL &&
            !make_segment(match, &segments[i], part->expr, &type)) {
            return false;
        }
    }
    return match_text(match, segments, template->count, live->text);
}

static bool match_entries(struct match *match, const struct value_entry *entries,
                          size_t count, const struct value_entry *live,
                          size_t live_count);

static bool match_value(struct match *match, const struct value *value,
                        const struct value *live);

// Optional elements may have been left out then, whatever is left out now. reach[n]: the
// elements so far may have given the first n live ones.
static bool match_elements(struct match *match, const struct value *list,
                           const struct value *live)
{
    if (live->count > list->count) {
        return false;
    }
    bool *reach = arena_array(&match->unifier->scratch, live->count + 1, sizeof *reach);
    reach[0] = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct value *element = list->items[i];
        bool optional = optional_of(match, element) != NULL;
        size_t first = match->next;
        for (size_t n = i < live->count ? i + 1 : live->count; n > 0; n--) {
            match->next = first;
            reach[n] =
                (reach[n] && optional) ||
                (reach[n - 1] && match_value(match, element, live->items[n - 1]));
        }
        reach[0] = reach[0] && optional;
        match->next = first + count_templates(element);
    }
    return reach[live->count];
}

static bool match_value(struct match *match, const struct value *value,
                        const struct value *live)
{
    if (value->type == VALUE_TEMPLATE) {
        return match_template(match, live);
    }
    if (value->type != live->type) {
        return false;
    }
    if (value->type == VALUE_M) {
        return match_entries(match, value->entries, value->count, live->entries,
                             live->count);
    }
    if (value->type != VALUE_L) {
        return canon_equal(value, live, &match->unifier->scratch);
    }
    return match_elements(match, value, live);
}

// *left is how many live entries no entry has been found for.
static bool match_entry(struct match *match, const struct value_entry *entry,
                        const struct value_entry *live, size_t live_count, size_t *left)
{
    size_t k = 0;
    while (k < live_count && !str_eq(live[k].name, entry->name)) {
        k++;
    }
    if (k == live_count) {
        bool optional = optional_of(match, entry->value) != NULL;
        match->next += optional ? 1 : 0;
        return optional;
    }
    (*left)--;
    return match_value(match, entry->value, live[k].value);
}

static bool match_entries(struct match *match, const struct value_entry *entries,
                          size_t count, const struct value_entry *live,
                          size_t live_count)
{
    bool ok = true;
    size_t left = live_count;
    for (size_t i = 0; i < count && ok; i++) {
        ok = match_entry(match, &entries[i], live, live_count, &left);
    }
    return ok && left == 0;
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
    struct unifier *unifier;
    const struct value_entry *entries;
    size_t count;
    struct item_identity *identity;
    const struct place *place; // the conversation whose uuid was found last, or NULL
    unsigned places;           // how many were
    const uint64_t *message; // index of the message whose uuid is in the item, or NULL
};

// Takes a step. False: there is none left.
static bool step(struct unifier *unifier)
{
    unifier->steps -= unifier->steps > 0 ? 1 : 0;
    return unifier->steps > 0;
}

// True when the item has the attributes of the entity, or all but optional ones, and no
// others.
static bool has_names(const struct candidate *candidate, const struct program *program)
{
    const struct entity *entity = program->entity;
    struct match match = {.program = program};
    size_t found = 0;
    for (size_t i = 0; i < entity->count; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        bool optional = optional_of(&match, attribute->value) != NULL;
        size_t k = 0;
        while (k < candidate->count &&
               !str_eq(candidate->entries[k].name, attribute->name)) {
            k++;
        }
        if (k == candidate->count && !optional) {
            return false;
        }
        found += k < candidate->count ? 1 : 0;
        match.next += count_templates(attribute->value);
    }
    return found == candidate->count;
}

// Most of what others wrote is told by its attributes' names.
static void find_fitting(struct candidate *candidate)
{
    struct unifier *unifier = candidate->unifier;
    unifier->fitting_count = 0;
    for (size_t i = 0; i < unifier->unit->program_count; i++) {
        const struct program *program = &unifier->unit->programs[i];
        if (!program->broken && has_names(candidate, program) && has_proof(program)) {
            unifier->fitting[unifier->fitting_count++] = program;
        }
    }
}

static bool try_context(struct candidate *candidate, const struct program *program,
                        const struct eval_context *context)
{
    struct match match = {
        .unifier = candidate->unifier, .program = program, .context = context};
    const struct entity *entity = program->entity;
    bool ok = step(candidate->unifier);
    size_t left = candidate->count;
    arena_reset(&candidate->unifier->scratch);
    for (size_t i = 0; i < entity->count && ok; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        match.in_key = table_key_uses(&program->table->key, attribute->name);
        ok =
            match_entry(&match, attribute, candidate->entries, candidate->count, &left);
    }
    return ok && left == 0;
}

// As the users are now, or as they were.
static bool try_users(struct candidate *candidate, const struct program *program,
                      const struct users *users)
{
    struct unifier *unifier = candidate->unifier;
    const struct conversation_facts *facts = &unifier->walk.facts;
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
                .fixture = unifier->at->fixture,
                .conversation = unifier->at->number,
                .index = kind == FOR_EACH_MESSAGE ? message.index : i,
            };
            return true;
        }
    }
    return false;
}

static bool try_program(struct candidate *candidate, const struct program *program)
{
    const struct unit *unit = candidate->unifier->unit;
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
    const struct unifier *unifier = candidate->unifier;
    for (size_t i = 0; i < unifier->fitting_count; i++) {
        if (try_program(candidate, unifier->fitting[i])) {
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
        bool is_uuid = step(candidate->unifier) &&
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
    const uint64_t *message = map_find(&candidate->unifier->messages, uuid_bytes(uuid));
    if (message == NULL || message == before) {
        return false;
    }
    candidate->message = message;
    return try_programs(candidate);
}

// An item of a message: what is left is to find which.
static bool try_messages(struct candidate *candidate)
{
    struct unifier *unifier = candidate->unifier;
    bool wanted = false;
    for (size_t i = 0; i < unifier->fitting_count; i++) {
        enum for_each kind = unifier->fitting[i]->entity->for_each;
        wanted = wanted || kind == FOR_EACH_MESSAGE;
    }
    if (!wanted || ++candidate->places > CONVERSATIONS_MAX) {
        return false;
    }
    if (!unifier->messages_noted) {
        note_messages(unifier);
    }
    return visit_item(candidate, is_message);
}

static bool is_conversation(struct candidate *candidate, const struct uuid *uuid)
{
    struct unifier *unifier = candidate->unifier;
    const struct place *place = map_find(&unifier->conversations, uuid_bytes(uuid));
    if (place == NULL || place == candidate->place || !go_to(unifier, place)) {
        return false;
    }
    candidate->place = place;
    candidate->message = NULL;
    return try_programs(candidate) || try_messages(candidate);
}

bool unifier_match(struct unifier *unifier, struct item_identity *identity,
                   const struct value_entry *entries, size_t count)
{
    struct candidate candidate = {
        .unifier = unifier, .entries = entries, .count = count, .identity = identity};
    unifier->steps = UNIFY_STEPS_MAX;
    find_fitting(&candidate);
    return unifier->fitting_count > 0 && visit_item(&candidate, is_conversation);
}
