// The lock in place of a source of handles: a section enters, users leave.
#include "directory.h"
#include "lock.h"

#define REMEDY                                                                         \
    "build or apply with --update-lock, where the source of handles can be asked"

struct answerer {
    const struct lock_section *section;
    struct column_read reads[USERS_MAX_COLUMNS]; // of the unit
    size_t read_count;
    struct str name; // of the lock
    struct diags *diags;
};

static const struct user_field *find_field(const struct lock_user *user,
                                           struct str column)
{
    for (size_t i = 0; i < user->count; i++) {
        if (str_eq(user->columns[i], column)) {
            return &user->fields[i];
        }
    }
    return NULL;
}

// A column that nobody has is a mistake of the template, or new since the lock was
// written.
static bool check_column(struct answerer *answerer, const struct column_read *read)
{
    const struct map *users = &answerer->section->users;
    const struct lock_user *last = NULL;

    for (size_t i = 0; i < users->count; i++) {
        last = users->entries[i].value;
        if (find_field(last, read->name) != NULL) {
            return true;
        }
    }
    if (last == NULL) {
        return true; // then handles are what is missing
    }
    struct diag *diag = diag_add(answerer->diags, DIAG_LOCK_MISSING, read->span,
                                 "%.*s has no column %s", STR_ARG(answerer->name),
                                 diag_quote(answerer->diags, read->name));
    diag_help(answerer->diags, diag, REMEDY);
    return false;
}

// A column that some have: this handle was recorded for a definition that did not read
// it.
static bool check_handle(struct answerer *answerer, const struct wanted_handle *wanted,
                         const struct column_read *read)
{
    const struct lock_user *user = map_find(&answerer->section->users, wanted->handle);

    if (user == NULL || find_field(user, read->name) != NULL) {
        return true;
    }
    struct diag *diag =
        diag_add(answerer->diags, DIAG_LOCK_MISSING, wanted->span,
                 "%.*s has no column %s for handle %s", STR_ARG(answerer->name),
                 diag_quote(answerer->diags, read->name),
                 diag_quote(answerer->diags, wanted->handle));
    diag_help(answerer->diags, diag, REMEDY);
    return false;
}

static bool check_columns(struct answerer *answerer, const struct unit *unit)
{
    bool good = true;
    for (size_t c = 0; c < answerer->read_count; c++) {
        const struct column_read *read = &answerer->reads[c];
        if (!check_column(answerer, read)) {
            good = false;
            continue;
        }
        for (size_t i = 0; i < unit->wanted.count; i++) {
            good = check_handle(answerer, unit->wanted.entries[i].value, read) && good;
        }
    }
    return good;
}

// A user without all columns that are read is left out, unless that was diagnosed.
static void add_user(struct users *users, const struct lock_user *user, bool diagnosed)
{
    struct user_field fields[USERS_MAX_COLUMNS] = {{.text = user->handle}};

    for (size_t i = 1; i < users->column_count; i++) {
        const struct user_field *field = find_field(user, users->columns[i]);
        if (field == NULL && !diagnosed) {
            return;
        }
        fields[i] = field != NULL ? *field : fields[0];
    }
    (void)users_add(users, user->handle, fields); // distinct, as they are in the lock
}

bool lock_answer(struct users *users, const struct lock_section *section,
                 const struct unit *unit, bool strict, struct str name,
                 struct diags *diags)
{
    struct answerer answerer = {.section = section, .name = name, .diags = diags};

    answerer.read_count = unit_columns(answerer.reads, unit);
    bool good = !strict || check_columns(&answerer, unit);
    users->origin = name;
    users->columns[users->column_count++] = STR("handle");
    for (size_t i = 0; i < answerer.read_count; i++) {
        users->columns[users->column_count++] = answerer.reads[i].name;
    }
    for (size_t i = 0; i < section->users.count; i++) {
        add_user(users, section->users.entries[i].value, strict);
    }
    return good;
}
