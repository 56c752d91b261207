// Changes of items enter, users leave. A template that holds one column of a
// participant and literals is run backwards, on the declared side and on the live one:
// what differs between the two is that column, then and now.
#include "former.h"

#include "value_json.h"

#define TEXT_MAX_BYTES 128 // of a column that leads to a key

// What a column of a user was.
struct lesson {
    struct str texts[FORMER_MAX]; // count of them, distinct
    size_t count;
};

struct former {
    const struct unit *unit;
    struct arena arena;
    struct arena scratch; // of one item
    struct map lessons;   // handle, LF, column to struct lesson
    size_t most;          // texts of one lesson
    size_t count;         // and of all
};

struct former *former_new(const struct unit *unit)
{
    struct arena arena = {0};
    struct former *former = arena_alloc(&arena, sizeof *former);
    *former = (struct former){.unit = unit, .arena = arena};
    map_init(&former->lessons, &former->arena);
    return former;
}

void former_free(struct former *former)
{
    if (former == NULL) {
        return;
    }
    arena_deinit(&former->scratch);
    struct arena arena = former->arena; // which it itself lives in
    arena_deinit(&arena);
}

// The one user whose column has that text, or NULL.
static const struct user *find_user(const struct users *users, size_t column,
                                    struct str text)
{
    const struct user *found = NULL;
    for (size_t i = 0; i < users->by_handle.count; i++) {
        const struct user *user = users->by_handle.entries[i].value;
        const struct user_field *field = &user->fields[column];
        if (!field->null && str_eq(field->text, text)) {
            if (found != NULL) {
                return NULL; // which one is not told
            }
            found = user;
        }
    }
    return found;
}

static struct str lesson_key(struct arena *arena, struct str handle, struct str column)
{
    return arena_printf(arena, "%.*s\n%.*s", STR_ARG(handle), STR_ARG(column));
}

static void learn(struct former *former, struct str column, struct str now,
                  struct str then)
{
    const struct users *users = &former->unit->users;
    size_t place = users_find_column(users, column);
    if (str_eq(now, then) || then.len == 0 || then.len > TEXT_MAX_BYTES ||
        place == users->column_count) {
        return;
    }
    const struct user *user = find_user(users, place, now);
    if (user == NULL) {
        return;
    }
    struct str key = lesson_key(&former->arena, user->handle, column);
    struct map_entry *entry = map_add(&former->lessons, key, NULL);
    if (entry->value == NULL) {
        entry->value = arena_alloc(&former->arena, sizeof(struct lesson));
    }
    struct lesson *lesson = entry->value;
    for (size_t i = 0; i < lesson->count; i++) {
        if (str_eq(lesson->texts[i], then)) {
            return;
        }
    }
    if (lesson->count < FORMER_MAX) {
        lesson->texts[lesson->count++] = arena_str(&former->arena, then);
        former->count++;
        former->most = lesson->count > former->most ? lesson->count : former->most;
    }
}

// ---- templates backwards

static bool is_column(const struct expr *expr)
{
    return expr->field == FIELD_COLUMN && expr->filter_count == 0 &&
           (expr->subject == SUBJECT_SENDER || expr->subject == SUBJECT_SELF ||
            expr->subject == SUBJECT_OTHER);
}

// What stands between the literals. False: the text has not got them.
static bool cut(struct str *text, const struct template *template)
{
    size_t from = 0;
    size_t to = template->count;
    for (; from < to && template->parts[from].expr == NULL; from++) {
        struct str literal = template->parts[from].literal;
        if (!str_starts(*text, literal)) {
            return false;
        }
        *text = str_skip(*text, literal.len);
    }
    for (; to > from && template->parts[to - 1].expr == NULL; to--) {
        struct str literal = template->parts[to - 1].literal;
        if (!str_ends(*text, literal)) {
            return false;
        }
        text->len -= literal.len;
    }
    return from + 1 == to && is_column(template->parts[from].expr);
}

static void note_template(struct former *former, const struct template *template,
                          const struct value *declared, const struct value *live)
{
    if (declared == NULL || live == NULL || declared->type != VALUE_S ||
        live->type != VALUE_S) {
        return;
    }
    struct str now = declared->text;
    struct str then = live->text;
    if (cut(&now, template) && cut(&then, template)) {
        for (size_t i = 0; i < template->count; i++) {
            if (template->parts[i].expr != NULL) {
                learn(former, template->parts[i].expr->name, now, then);
            }
        }
    }
}

struct walk_state {
    struct former *former;
    const struct program *program;
    size_t next; // of the program's templates
};

static const struct value *member(const struct value *map, struct str name)
{
    for (size_t i = 0; map != NULL && map->type == VALUE_M && i < map->count; i++) {
        if (str_eq(map->entries[i].name, name)) {
            return map->entries[i].value;
        }
    }
    return NULL;
}

static const struct value *element(const struct value *list, size_t i)
{
    return list != NULL && list->type == VALUE_L && i < list->count ? list->items[i]
                                                                    : NULL;
}

// Also where a side has nothing: templates go by their number.
static void walk_value(struct walk_state *state, const struct value *value,
                       const struct value *declared, const struct value *live)
{
    if (value->type == VALUE_TEMPLATE) {
        note_template(state->former, state->program->templates[state->next++], declared,
                      live);
        return;
    }
    for (size_t i = 0; value->type == VALUE_L && i < value->count; i++) {
        walk_value(state, value->items[i], element(declared, i), element(live, i));
    }
    for (size_t i = 0; value->type == VALUE_M && i < value->count; i++) {
        const struct value_entry *entry = &value->entries[i];
        walk_value(state, entry->value, member(declared, entry->name),
                   member(live, entry->name));
    }
}

void former_note(struct former *former, const struct item_change *change)
{
    const struct program *program =
        change->item == NULL ? NULL : change->item->identity.program;
    struct value declared = {.type = VALUE_M,
                             .entries = change->values.attributes,
                             .count = (uint32_t)change->values.count};
    struct value live = {.type = VALUE_M};
    size_t live_count = 0;
    const char *why = NULL;
    arena_reset(&former->scratch);
    bool both = change->kind == ITEM_CHANGED || change->kind == ITEM_MOVED;
    if (!both || program == NULL || program->entity->for_each == FOR_EACH_ROW ||
        change->live.len == 0 ||
        !value_json_read_item(&live.entries, &live_count, change->live,
                              &former->scratch, &why)) {
        return;
    }
    live.count = (uint32_t)live_count;
    struct walk_state state = {.former = former, .program = program};
    struct value whole = {.type = VALUE_M,
                          .entries = program->entity->attributes,
                          .count = (uint32_t)program->entity->count};
    walk_value(&state, &whole, &declared, &live);
}

// ---- users

static struct users *users_of(const struct former *former, size_t which,
                              struct arena *arena)
{
    const struct users *now = &former->unit->users;
    struct users *then = arena_alloc(arena, sizeof *then);
    users_init(then, arena);
    then->column_count = now->column_count;
    then->origin = now->origin;
    for (size_t c = 0; c < now->column_count; c++) {
        then->columns[c] = now->columns[c];
    }
    for (size_t i = 0; i < now->by_handle.count; i++) {
        const struct user *user = now->by_handle.entries[i].value;
        struct user_field fields[USERS_MAX_COLUMNS];
        for (size_t c = 0; c < now->column_count; c++) {
            struct str key = lesson_key(arena, user->handle, now->columns[c]);
            const struct lesson *lesson = map_find(&former->lessons, key);
            bool known = lesson != NULL && which < lesson->count;
            fields[c] = known ? (struct user_field){.text = lesson->texts[which]}
                              : user->fields[c];
        }
        (void)users_add(then, user->handle, fields); // each once
    }
    return then;
}

size_t former_count(const struct former *former)
{
    return former->count;
}

const struct users **former_users(size_t *count, const struct former *former,
                                  struct arena *arena)
{
    *count = former->most;
    const struct users **users = arena_array(arena, *count, sizeof(struct users *));
    for (size_t i = 0; i < *count; i++) {
        users[i] = users_of(former, i, arena);
    }
    return users;
}
