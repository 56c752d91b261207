// ddbgen.lock: a struct lock enters, its text leaves.
//
// The same contents give the same bytes, and a change gives a small difference: all is
// sorted by its bytes, one thing a line.
#include "lock.h"

#include "yaml_write.h"

#include <stdlib.h>

static const char HEAD[] =
    "# ddbgen.lock: who the handles stood for and what `now` meant, for each target.\n"
    "# Keep it under version control. --update-lock writes it; edits by hand are "
    "lost.\n";

// ---- order

static int compare_strings(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;

    return str_cmp(*a, *b);
}

static int compare_sections(const void *left, const void *right)
{
    const struct lock_key *a = &((const struct lock_section *)left)->key;
    const struct lock_key *b = &((const struct lock_section *)right)->key;
    int order = str_cmp(a->target, b->target);

    if (order == 0) {
        order = (int)a->kind - (int)b->kind;
    }
    if (order == 0) {
        order = str_cmp(a->source, b->source);
    }
    return order != 0 ? order : str_cmp(a->query, b->query);
}

static int compare_times(const void *left, const void *right)
{
    const struct lock_time *a = left;
    const struct lock_time *b = right;
    int order = str_cmp(a->target, b->target);

    return order != 0 ? order : str_cmp(a->fixture, b->fixture);
}

static int compare_users(const void *left, const void *right)
{
    const struct map_entry *a = left;
    const struct map_entry *b = right;

    return str_cmp(a->key, b->key);
}

// A column with its value, to be sorted together.
struct column {
    struct str name;
    const struct user_field *field;
};

static int compare_columns(const void *left, const void *right)
{
    const struct column *a = left;
    const struct column *b = right;

    return str_cmp(a->name, b->name);
}

// qsort of nothing may not be called with NULL.
static void sort(void *items, size_t count, size_t size,
                 int (*compare)(const void *left, const void *right))
{
    if (count > 1) {
        qsort(items, count, size, compare);
    }
}

// ---- text

static void put_entry(struct buf *out, const char *name, struct str value)
{
    buf_puts(out, name);
    yaml_put_value(out, value);
    buf_char(out, '\n');
}

static void put_user(struct buf *out, const struct lock_user *user, struct arena *arena)
{
    struct column *columns = arena_array(arena, user->count, sizeof *columns);

    for (size_t i = 0; i < user->count; i++) {
        columns[i] = (struct column){user->columns[i], &user->fields[i]};
    }
    sort(columns, user->count, sizeof *columns, compare_columns);
    put_entry(out, "      - handle: ", user->handle);
    for (size_t i = 0; i < user->count; i++) {
        buf_puts(out, "        ");
        yaml_put_key(out, columns[i].name, 8);
        if (columns[i].field->null) {
            buf_puts(out, " null\n");
        } else {
            put_entry(out, " ", columns[i].field->text);
        }
    }
}

static void put_section(struct buf *out, const struct lock_section *section,
                        struct arena *arena)
{
    const struct lock_key *key = &section->key;
    struct map_entry *users = arena_array(arena, section->users.count, sizeof *users);

    put_entry(out, "  - target: ", key->target);
    put_entry(
        out, key->kind == LOCK_POSTGRES ? "    postgres: " : "    file: ", key->source);
    if (key->query.len > 0) {
        put_entry(out, "    query: ", key->query);
    }
    buf_puts(out, "    definitions:\n");
    sort(section->definitions, section->definition_count, sizeof *section->definitions,
         compare_strings);
    for (size_t i = 0; i < section->definition_count; i++) {
        put_entry(out, "      - ", section->definitions[i]);
    }
    for (size_t i = 0; i < section->users.count; i++) {
        users[i] = section->users.entries[i];
    }
    sort(users, section->users.count, sizeof *users, compare_users);
    buf_puts(out, section->users.count > 0 ? "    users:\n" : "    users: []\n");
    for (size_t i = 0; i < section->users.count; i++) {
        put_user(out, users[i].value, arena);
    }
}

void lock_write(struct buf *out, struct lock *lock)
{
    struct arena arena = {0};

    buf_puts(out, HEAD);
    buf_printf(out, "version: %d\n", LOCK_VERSION);
    sort(lock->sections, lock->section_count, sizeof *lock->sections, compare_sections);
    buf_puts(out, lock->section_count > 0 ? "handles:\n" : "");
    for (size_t i = 0; i < lock->section_count; i++) {
        put_section(out, &lock->sections[i], &arena);
    }
    sort(lock->times, lock->time_count, sizeof *lock->times, compare_times);
    buf_puts(out, lock->time_count > 0 ? "times:\n" : "");
    for (size_t i = 0; i < lock->time_count; i++) {
        const struct lock_time *time = &lock->times[i];
        char now[INSTANT_TEXT_LEN];
        instant_format(time->now, now);
        put_entry(out, "  - target: ", time->target);
        put_entry(out, "    fixture: ", time->fixture);
        put_entry(out, "    now: ", (struct str){now, sizeof now});
    }
    arena_deinit(&arena);
}
