// Handles against what reads them: columns that do not exist, handles that nobody has,
// values that are NULL, each at the place that names it.
#include "directory.h"

struct column_check {
    const struct unit *unit;
    const struct users *users; // NULL: nobody was looked up
    const struct str *columns;
    size_t count;
    struct diags *diags;
    bool reads_users;
};

static void note_expr(void *context, const struct expr *expr)
{
    struct column_check *check = context;
    if (expr->field == FIELD_COLUMN && !str_is(expr->name, "handle")) {
        check->reads_users = true;
    }
}

static void visit_unit(const struct unit *unit,
                       void (*seen)(void *context, const struct expr *expr),
                       void *context)
{
    for (size_t i = 0; i < unit->program_count; i++) {
        program_visit(&unit->programs[i], seen, context);
    }
    for (size_t i = 0; i < unit->query_count; i++) {
        query_visit(&unit->queries[i], seen, context);
    }
}

bool unit_reads_users(const struct unit *unit)
{
    struct column_check check = {.unit = unit};
    for (size_t i = 0; i < unit->program_count; i++) {
        program_visit(&unit->programs[i], note_expr, &check);
    }
    return check.reads_users || unit->row_columns.count > 0;
}

struct column_list {
    struct column_read *at;
    size_t count;
};

static void list_name(struct column_list *list, struct str name, struct span span)
{
    if (str_is(name, "handle") || list->count == USERS_MAX_COLUMNS - 1) {
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->at[i].name, name)) {
            return;
        }
    }
    list->at[list->count++] = (struct column_read){name, span};
}

static void list_column(void *context, const struct expr *expr)
{
    if (expr->field == FIELD_COLUMN) {
        list_name(context, expr->name, expr->span);
    }
}

size_t unit_columns(struct column_read out[USERS_MAX_COLUMNS], const struct unit *unit)
{
    struct column_list list = {out, 0};
    visit_unit(unit, list_column, &list);
    for (size_t i = 0; i < unit->row_columns.count; i++) {
        const struct column_read *read = unit->row_columns.entries[i].value;
        list_name(&list, read->name, read->span);
    }
    return list.count;
}

static size_t find_column(const struct column_check *check, struct str name)
{
    size_t i = 0;
    while (i < check->count && !str_eq(check->columns[i], name)) {
        i++;
    }
    return i;
}

static void check_column(void *context, const struct expr *expr)
{
    struct column_check *check = context;
    if (expr->field != FIELD_COLUMN || str_is(expr->name, "handle") ||
        find_column(check, expr->name) < check->count ||
        (check->users != NULL && users_may_have_column(check->users, expr->name))) {
        return;
    }
    struct diag *diag =
        diag_add(check->diags, DIAG_COLUMN_UNKNOWN, expr->span,
                 "the handles have no column %s", diag_quote(check->diags, expr->name));
    diag_help_nearest(check->diags, diag, expr->name, check->columns, check->count);
}

// How many unknown handles get a nearest name: each costs a look at every known one.
#define NEAREST_MAX 20

// Definitions that share a source share what it does not know: it is said once.
static bool is_said(const struct diags *diags, struct span span, struct str origin)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->kept[i];
        if (diag->code == DIAG_HANDLE_UNKNOWN && diag->span.source == span.source &&
            diag->span.line_at == span.line_at && diag->span.column == span.column &&
            str_ends(diag->message, origin)) {
            return true;
        }
    }
    return false;
}

// All handles of the source, of wrong records too.
static struct str *list_handles(const struct users *users, struct arena *arena)
{
    size_t known = users->by_handle.count;
    struct str *names = arena_array(arena, known + users->lost.count, sizeof *names);
    for (size_t i = 0; i < known; i++) {
        names[i] = users->by_handle.entries[i].key;
    }
    for (size_t i = 0; i < users->lost.count; i++) {
        names[known + i] = users->lost.entries[i].key;
    }
    return names;
}

static void check_known(const struct unit *unit, struct diags *diags)
{
    size_t count = unit->users.by_handle.count + unit->users.lost.count;
    size_t unknown = 0;
    struct str *names = NULL;
    for (size_t i = 0; i < unit->wanted.count; i++) {
        const struct wanted_handle *wanted = unit->wanted.entries[i].value;
        if (users_may_know(&unit->users, wanted->handle) ||
            is_said(diags, wanted->span, unit->users.origin)) {
            continue;
        }
        struct diag *diag =
            diag_add(diags, DIAG_HANDLE_UNKNOWN, wanted->span,
                     "nobody has the handle %s in %.*s",
                     diag_quote(diags, wanted->handle), STR_ARG(unit->users.origin));
        if (names == NULL) {
            names = list_handles(&unit->users, diags->arena);
        }
        if (++unknown <= NEAREST_MAX) {
            diag_help_nearest(diags, diag, wanted->handle, names, count);
        }
    }
}

// Which columns the items cannot do without, and where they are read first.
struct column_reads {
    const struct users *users;
    struct span first[USERS_MAX_COLUMNS];
    bool read[USERS_MAX_COLUMNS];
};

static void note_column(void *context, const struct expr *expr)
{
    struct column_reads *reads = context;
    size_t column = users_find_column(reads->users, expr->name);
    if (expr->field == FIELD_COLUMN && !expr->optional &&
        column < reads->users->column_count && !reads->read[column]) {
        reads->read[column] = true;
        reads->first[column] = expr->span;
    }
}

// Columns of participants that are read and NULL: once for each handle and column.
static void check_null(const struct unit *unit, struct diags *diags)
{
    struct column_reads reads = {.users = &unit->users};
    for (size_t i = 0; i < unit->program_count; i++) {
        program_visit(&unit->programs[i], note_column, &reads);
    }
    for (size_t i = 0; i < unit->wanted.count; i++) {
        const struct wanted_handle *wanted = unit->wanted.entries[i].value;
        const struct user *user = users_find(&unit->users, wanted->handle);
        bool participant = user != NULL && wanted->in_transcript;
        for (size_t c = 0; participant && c < unit->users.column_count; c++) {
            if (!reads.read[c] || !user->fields[c].null) {
                continue;
            }
            struct diag *diag = diag_add(diags, DIAG_HANDLE_NULL, wanted->span,
                                         "column %s is NULL for handle %s",
                                         diag_quote(diags, unit->users.columns[c]),
                                         diag_quote(diags, wanted->handle));
            diag_related(diags, diag, reads.first[c], "read here");
        }
    }
}

void directory_check(const struct unit *unit, bool looked_up, struct diags *diags)
{
    struct column_check check = {.unit = unit, .diags = diags};
    if (looked_up) {
        check.users = &unit->users;
        check.columns = unit->users.columns;
        check.count = unit->users.column_count;
    } else {
        check.columns = unit->definition.handles.columns;
        check.count = unit->definition.handles.column_count;
    }
    if (check.count > 0) {
        visit_unit(unit, check_column, &check);
    }
    if (looked_up) {
        check_known(unit, diags);
    }
    check_null(unit, diags);
}
