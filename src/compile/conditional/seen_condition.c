// Attributes enter, terms leave. Each is written to the end and taken back when it was
// too much: sizes of placeholders need not be foreseen.
#include "seen_condition.h"

#define TEXT_MAX_BYTES ((size_t)1 << 20) // while it is tried

// What a term takes that says no more than it must: `#n99 = :v199`, a NULL's
// attribute_type, or, loose, type and size. With its AND.
#define TERM_OPERATORS 2u
#define TERM_BYTES ((size_t)36)
#define LOOSE_TERM_OPERATORS 5u
#define LOOSE_TERM_BYTES ((size_t)72)

void seen_condition_init(struct seen_condition *condition, struct placeholders *holders,
                         bool loose, size_t expected)
{
    *condition = (struct seen_condition){
        .holders = holders, .loose = loose, .expected = expected};
    buf_init(&condition->text, TEXT_MAX_BYTES);
}

void seen_condition_deinit(struct seen_condition *condition)
{
    buf_deinit(&condition->text);
}

// ---- terms

static void begin_term(struct seen_condition *condition)
{
    if (condition->text.len > 0) {
        buf_puts(&condition->text, " AND ");
        condition->operators++;
    }
    condition->operators++;
}

static struct value *new_value(struct seen_condition *condition, enum value_type type,
                               struct str text)
{
    struct value *value = arena_alloc(condition->holders->arena, sizeof *value);
    *value = (struct value){.type = (uint8_t)type, .text = text};
    return value;
}

static void put_value(struct seen_condition *condition, const struct value *value)
{
    placeholder_put_value(&condition->text, condition->holders, value);
}

// attribute_type(PATH, :v)
static void put_type(struct seen_condition *condition, struct str path,
                     const struct value *value)
{
    struct str name = str_from(value_type_name(value->type));
    begin_term(condition);
    buf_puts(&condition->text, "attribute_type(");
    buf_put(&condition->text, path);
    buf_puts(&condition->text, ", ");
    put_value(condition, new_value(condition, VALUE_S, name));
    buf_char(&condition->text, ')');
}

// size(PATH) = :v
static void put_size(struct seen_condition *condition, struct str path,
                     const struct value *value)
{
    struct str count = arena_printf(condition->holders->arena, "%u", value->count);
    begin_term(condition);
    condition->operators++;
    buf_puts(&condition->text, "size(");
    buf_put(&condition->text, path);
    buf_puts(&condition->text, ") = ");
    put_value(condition, new_value(condition, VALUE_N, count));
}

static void put_equal(struct seen_condition *condition, struct str path,
                      const struct value *value)
{
    if (value->type == VALUE_NULL) { // there is only one: its type says it
        put_type(condition, path, value);
        return;
    }
    begin_term(condition);
    buf_put(&condition->text, path);
    buf_puts(&condition->text, " = ");
    put_value(condition, value);
}

static bool is_collection(const struct value *value)
{
    return value->type == VALUE_L || value->type == VALUE_M;
}

// The placeholder of a name, declared.
static struct str put_name(struct seen_condition *condition, struct str name)
{
    struct buf out;
    buf_init(&out, TEXT_MAX_BYTES);
    placeholder_put_name(&out, condition->holders, name);
    struct str path = arena_str(condition->holders->arena, buf_str(&out));
    buf_deinit(&out);
    return path;
}

static struct str member_path(struct seen_condition *condition, struct str path,
                              const struct value *value, uint32_t i)
{
    struct arena *arena = condition->holders->arena;
    if (value->type == VALUE_L) {
        return arena_printf(arena, "%.*s[%u]", STR_ARG(path), i);
    }
    struct str name = put_name(condition, value->entries[i].name);
    return arena_printf(arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name));
}

// ---- room

struct room {
    unsigned operators;
    size_t bytes;
};

// What is left once each of the terms that are still to come says what it must.
static struct room room_of(const struct seen_condition *condition)
{
    size_t to_come = condition->expected;
    size_t operators =
        to_come * (condition->loose ? LOOSE_TERM_OPERATORS : TERM_OPERATORS);
    size_t bytes = to_come * (condition->loose ? LOOSE_TERM_BYTES : TERM_BYTES);
    return (struct room){
        operators < SEEN_OPERATORS_MAX ? SEEN_OPERATORS_MAX - (unsigned)operators : 0,
        bytes < SEEN_TEXT_MAX ? SEEN_TEXT_MAX - bytes : 0,
    };
}

static bool fits(const struct seen_condition *condition, struct room room)
{
    return condition->operators <= room.operators && condition->text.len <= room.bytes;
}

// Everything as it was before a term.
struct before {
    struct placeholder_mark mark;
    size_t len;
    unsigned operators;
};

static struct before before_term(const struct seen_condition *condition)
{
    return (struct before){placeholders_mark(condition->holders), condition->text.len,
                           condition->operators};
}

static void take_back(struct seen_condition *condition, struct before before)
{
    placeholders_take_back(condition->holders, before.mark);
    condition->text.len = before.len;
    condition->operators = before.operators;
}

// The value and all that is in it, in order. False: there is no room for it.
static bool put_members(struct seen_condition *condition, struct str path,
                        const struct value *value, unsigned depth, struct room room)
{
    if (!is_collection(value)) {
        put_equal(condition, path, value);
        return fits(condition, room);
    }
    if (depth == SEEN_PATH_MAX || value->count > SEEN_OPERATORS_MAX) {
        return false;
    }
    put_type(condition, path, value);
    put_size(condition, path, value);
    bool all = fits(condition, room);
    for (uint32_t i = 0; i < value->count && all; i++) {
        const struct value *member =
            value->type == VALUE_L ? value->items[i] : value->entries[i].value;
        all = put_members(condition, member_path(condition, path, value, i), member,
                          depth + 1, room);
    }
    return all;
}

// As much as a term must say.
static void put_short(struct seen_condition *condition, struct str path,
                      const struct value *value)
{
    if (is_collection(value) && condition->loose) {
        put_type(condition, path, value);
        put_size(condition, path, value);
        condition->partial = true;
    } else {
        put_equal(condition, path, value);
    }
}

static void put_exists(struct seen_condition *condition, struct str name, bool exists)
{
    begin_term(condition);
    buf_puts(&condition->text, exists ? "attribute_exists(" : "attribute_not_exists(");
    placeholder_put_name(&condition->text, condition->holders, name);
    buf_char(&condition->text, ')');
}

void seen_condition_exists(struct seen_condition *condition, struct str hash,
                           bool exists)
{
    put_exists(condition, hash, exists);
}

void seen_condition_add(struct seen_condition *condition, struct str name,
                        const struct value *value)
{
    struct room all = {SEEN_OPERATORS_MAX, SEEN_TEXT_MAX};
    struct before before = before_term(condition);
    condition->expected -= condition->expected > 0 ? 1 : 0;
    if (value == NULL) {
        put_exists(condition, name, false);
    } else if (!put_members(condition, put_name(condition, name), value, 1,
                            room_of(condition))) {
        take_back(condition, before);
        put_short(condition, put_name(condition, name), value);
    }
    if (!fits(condition, all)) {
        take_back(condition, before);
        condition->partial = true;
    }
}
