// An item enters, a message leaves.
//
// What is an entity's is told by the keys, where they are there: application's items in the
// same table have others. Of what an expression gave, the best that is there is taken: of
// a sender's columns the name that is for people, of times the most exact one.
#include "message_read.h"

#include "capture.h"
#include "die.h"

#include <stdlib.h>

struct message_reader {
    const struct unit *unit;
    struct arena scratch; // of one item
};

// What an item says by one entity's templates.
struct reading {
    struct message_reader *reader;
    const struct program *program;
    size_t next; // of the program's templates
    struct read_message message;
    int text_rank, sender_rank, time_rank; // 0: nothing yet
    size_t matched;
    bool foreign; // it is not one of that entity
};

static bool reads_text(const struct program *program)
{
    bool reads = false;
    for (size_t t = 0; t < program->template_count && !reads; t++) {
        const struct template *template = program->templates[t];
        for (size_t k = 0; k < template->count && !reads; k++) {
            const struct expr *expr = template->parts[k].expr;
            reads = expr != NULL && expr->field == FIELD_TEXT;
        }
    }
    return reads;
}

static bool is_of_messages(const struct program *program)
{
    return !program->broken && program->entity->for_each == FOR_EACH_MESSAGE;
}

struct message_reader *message_reader_new(const struct unit *unit)
{
    size_t i = 0;
    while (i < unit->program_count &&
           !(is_of_messages(&unit->programs[i]) && reads_text(&unit->programs[i]))) {
        i++;
    }
    if (i == unit->program_count) {
        return NULL;
    }
    struct message_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        die("out of memory");
    }
    reader->unit = unit;
    return reader;
}

void message_reader_free(struct message_reader *reader)
{
    if (reader != NULL) {
        arena_deinit(&reader->scratch);
        free(reader);
    }
}

// ---- what expressions gave

#define RANK_PLAIN 2 // without filters

static int text_rank(const struct expr *expr)
{
    bool is_text = expr->field == FIELD_TEXT && expr->subject == SUBJECT_MESSAGE;
    for (size_t i = 0; i < expr->filter_count && is_text; i++) {
        is_text = expr->filters[i].kind == FILTER_TRIM ||
                  expr->filters[i].kind == FILTER_LOWER ||
                  expr->filters[i].kind == FILTER_UPPER;
    }
    return !is_text ? 0 : (expr->filter_count == 0 ? RANK_PLAIN : 1);
}

// What a column is worth for people, the best last.
static int sender_rank(const struct expr *expr)
{
    static const char *const COLUMNS[] = {"handle", "username", "name", "full_name",
                                          "display_name"};
    bool label = expr->field == FIELD_LABEL &&
                 (expr->subject == SUBJECT_MESSAGE || expr->subject == SUBJECT_SENDER);
    if (label) {
        return 4;
    }
    if (expr->subject != SUBJECT_SENDER || expr->field != FIELD_COLUMN) {
        return 0;
    }
    bool plain = expr->filter_count == 0;
    for (size_t i = 0; i < sizeof COLUMNS / sizeof COLUMNS[0]; i++) {
        if (str_is(expr->name, COLUMNS[i])) {
            return 6 + (int)(2 * i) + (plain ? 1 : 0);
        }
    }
    return plain ? 2 : 1;
}

static int time_rank(const struct expr *expr)
{
    if (expr->field != FIELD_CREATED_AT || expr->subject != SUBJECT_MESSAGE) {
        return 0;
    }
    return expr->filter_count == 0 ? RANK_PLAIN : 1;
}

static void note_piece(struct reading *reading, const struct expr *expr,
                       struct str piece)
{
    struct read_message *message = &reading->message;
    instant_us time = 0;
    int rank = text_rank(expr);
    if (rank > reading->text_rank) {
        message->text = piece;
        reading->text_rank = rank;
    }
    rank = sender_rank(expr);
    if (rank > reading->sender_rank && piece.len > 0) {
        message->sender = piece;
        reading->sender_rank = rank;
    }
    rank = time_rank(expr);
    // Of two that tell less, what is later tells more of it: the one with the seconds.
    if (rank > 0 && rank >= reading->time_rank && capture_time(&time, expr, piece)) {
        bool first = rank > reading->time_rank;
        message->time = first || time > message->time ? time : message->time;
        message->timed = true;
        reading->time_rank = rank;
    }
}

// False: the template cannot have made the value.
static bool note_template(struct reading *reading, const struct template *template,
                          const struct value *live)
{
    struct arena *scratch = &reading->reader->scratch;
    struct str *pieces = arena_array(scratch, template->count, sizeof *pieces);
    bool texts = live->type == VALUE_S || live->type == VALUE_N;
    if (!texts || !capture(pieces, template, live->text, scratch)) {
        return false;
    }
    for (size_t i = 0; i < template->count; i++) {
        if (template->parts[i].expr != NULL) {
            note_piece(reading, template->parts[i].expr, pieces[i]);
        }
    }
    reading->matched++;
    return true;
}

// ---- an item by an entity's templates

static const struct value *find(const struct value_entry *entries, size_t count,
                                struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(entries[i].name, name)) {
            return entries[i].value;
        }
    }
    return NULL;
}

// Also where the item has nothing: templates go by their number. False: the entity cannot
// have made it, as far as that was looked at.
static bool walk(struct reading *reading, const struct value *declared,
                 const struct value *live)
{
    bool ok = true;
    if (declared->type == VALUE_TEMPLATE) {
        const struct template *template = reading->program->templates[reading->next++];
        return live == NULL || note_template(reading, template, live);
    }
    for (size_t i = 0; declared->type == VALUE_L && i < declared->count; i++) {
        bool has = live != NULL && live->type == VALUE_L && i < live->count;
        ok = walk(reading, declared->items[i], has ? live->items[i] : NULL) && ok;
    }
    for (size_t i = 0; declared->type == VALUE_M && i < declared->count; i++) {
        const struct value *member =
            live == NULL || live->type != VALUE_M
                ? NULL
                : find(live->entries, live->count, declared->entries[i].name);
        ok = walk(reading, declared->entries[i].value, member) && ok;
    }
    bool text = declared->type == VALUE_S || declared->type == VALUE_N;
    bool same = live == NULL || !text ||
                (live->type == declared->type && str_eq(live->text, declared->text));
    return ok && same;
}

static void read_entity(struct reading *reading, const struct value_entry *entries,
                        size_t count)
{
    const struct entity *entity = reading->program->entity;
    const struct key_schema *key = &reading->program->table->key;
    size_t named = 0;
    bool keyed =
        find(entries, count, key->hash[0].name) != NULL &&
        (key->range_count == 0 || find(entries, count, key->range[0].name) != NULL);
    for (size_t i = 0; i < entity->count && !reading->foreign; i++) {
        const struct value_entry *attribute = &entity->attributes[i];
        const struct value *live = find(entries, count, attribute->name);
        bool fits = walk(reading, attribute->value, live);
        named += live != NULL ? 1 : 0;
        reading->foreign = !fits && table_key_uses(key, attribute->name);
    }
    // Without its keys it is told by having nothing that the entity does not make.
    reading->foreign = reading->foreign || (!keyed && named < count);
}

bool message_read(struct read_message *out, struct message_reader *reader,
                  const struct value_entry *entries, size_t count)
{
    size_t best = 0;
    arena_reset(&reader->scratch);
    for (size_t i = 0; i < reader->unit->program_count; i++) {
        const struct program *program = &reader->unit->programs[i];
        struct reading reading = {.reader = reader, .program = program};
        if (!is_of_messages(program)) {
            continue;
        }
        read_entity(&reading, entries, count);
        if (!reading.foreign && reading.text_rank > 0 && reading.matched > best) {
            best = reading.matched;
            *out = reading.message;
        }
    }
    return best > 0;
}
