// What a lock holds: looked up by target, and changed.
#include "lock.h"

void lock_init(struct lock *lock, struct arena *arena)
{
    *lock = (struct lock){.arena = arena};
}

// ---- looked up

static bool has_name(const struct str *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(names[i], name)) {
            return true;
        }
    }
    return false;
}

const struct lock_section *lock_find_section(const struct lock *lock, struct str target,
                                             struct str definition)
{
    for (size_t i = 0; i < lock->section_count; i++) {
        const struct lock_section *section = &lock->sections[i];
        if (str_eq(section->key.target, target) &&
            has_name(section->definitions, section->definition_count, definition)) {
            return section;
        }
    }
    return NULL;
}

static struct lock_time *find_time(const struct lock *lock, struct str target,
                                   struct str fixture)
{
    for (size_t i = 0; i < lock->time_count; i++) {
        struct lock_time *time = &lock->times[i];
        if (str_eq(time->target, target) && str_eq(time->fixture, fixture)) {
            return time;
        }
    }
    return NULL;
}

const instant_us *lock_find_time(const struct lock *lock, struct str target,
                                 struct str fixture)
{
    const struct lock_time *time = find_time(lock, target, fixture);

    return time != NULL ? &time->now : NULL;
}

// ---- changed

void lock_add_time(struct lock *lock, struct str target, struct str fixture,
                   instant_us now)
{
    lock->times =
        arena_grow(lock->arena, lock->times, lock->time_count, lock->time_count + 1,
                   &lock->time_cap, sizeof *lock->times);
    lock->times[lock->time_count++] = (struct lock_time){
        arena_str(lock->arena, target), arena_str(lock->arena, fixture), now};
}

void lock_set_time(struct lock *lock, struct str target, struct str fixture,
                   instant_us now)
{
    struct lock_time *time = find_time(lock, target, fixture);

    if (time == NULL) {
        lock_add_time(lock, target, fixture, now);
    } else {
        time->now = now;
    }
}

static bool same_key(const struct lock_key *a, const struct lock_key *b)
{
    return str_eq(a->target, b->target) && a->kind == b->kind &&
           str_eq(a->source, b->source) && str_eq(a->query, b->query);
}

static void drop_definition(struct lock_section *section, struct str definition)
{
    for (size_t i = 0; i < section->definition_count; i++) {
        if (str_eq(section->definitions[i], definition)) {
            section->definitions[i] = section->definitions[--section->definition_count];
            return;
        }
    }
}

// Takes the definition out of the target's other sections; one that nobody asks for any
// more goes with it.
static void leave_others(struct lock *lock, const struct lock_key *key,
                         struct str definition)
{
    size_t kept = 0;
    for (size_t i = 0; i < lock->section_count; i++) {
        struct lock_section *section = &lock->sections[i];
        if (str_eq(section->key.target, key->target) && !same_key(&section->key, key)) {
            drop_definition(section, definition);
        }
        if (section->definition_count > 0) {
            lock->sections[kept++] = *section;
        }
    }
    lock->section_count = kept;
}

static struct lock_section *find_key(const struct lock *lock,
                                     const struct lock_key *key)
{
    for (size_t i = 0; i < lock->section_count; i++) {
        if (same_key(&lock->sections[i].key, key)) {
            return &lock->sections[i];
        }
    }
    return NULL;
}

struct lock_section *lock_claim(struct lock *lock, const struct lock_key *key,
                                struct str definition)
{
    struct arena *arena = lock->arena;

    leave_others(lock, key, definition);
    struct lock_section *section = find_key(lock, key);
    if (section == NULL) {
        lock->sections = arena_grow(arena, lock->sections, lock->section_count,
                                    lock->section_count + 1, &lock->section_cap,
                                    sizeof *lock->sections);
        section = &lock->sections[lock->section_count++];
        *section = (struct lock_section){.key = {
                                             .target = arena_str(arena, key->target),
                                             .kind = key->kind,
                                             .source = arena_str(arena, key->source),
                                             .query = arena_str(arena, key->query),
                                         }};
        map_init(&section->users, arena);
    }
    if (!has_name(section->definitions, section->definition_count, definition)) {
        section->definitions =
            arena_grow(arena, section->definitions, section->definition_count,
                       section->definition_count + 1, &section->definition_cap,
                       sizeof(struct str));
        section->definitions[section->definition_count++] =
            arena_str(arena, definition);
    }
    return section;
}

static bool is_read(const struct column_read *reads, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(reads[i].name, name)) {
            return true;
        }
    }
    return false;
}

static struct user_field copy_field(const struct user_field *field, struct arena *arena)
{
    return (struct user_field){field->null, arena_str(arena, field->text)};
}

void lock_set_user(struct lock *lock, struct lock_section *section,
                   const struct users *users, const struct user *user,
                   const struct column_read *reads, size_t read_count)
{
    struct arena *arena = lock->arena;
    struct lock_user *fresh = arena_alloc(arena, sizeof *fresh);
    const struct lock_user *former =
        section->definition_count > 1 ? map_find(&section->users, user->handle) : NULL;

    fresh->handle = arena_str(arena, user->handle);
    fresh->columns = arena_array(arena, users->column_count, sizeof *fresh->columns);
    fresh->fields = arena_array(arena, users->column_count, sizeof *fresh->fields);
    for (size_t i = 0; i < users->column_count; i++) {
        struct str column = users->columns[i];
        bool wanted =
            is_read(reads, read_count, column) ||
            (former != NULL && has_name(former->columns, former->count, column));
        if (wanted && !str_is(column, "handle")) {
            fresh->columns[fresh->count] = arena_str(arena, column);
            fresh->fields[fresh->count++] = copy_field(&user->fields[i], arena);
        }
    }
    map_add(&section->users, fresh->handle, NULL)->value = fresh;
}
