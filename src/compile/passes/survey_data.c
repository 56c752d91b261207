// Rows before anything is made of them: who takes them, what is read of them, whom they
// name.
#include "survey_data.h"

// What the entities that take a group of rows read of them.
struct reads {
    struct map columns; // the columns' names; to something where one has to be there
    struct map users;   // paths of members ("x.uuid") to what is read of x, a
                        // struct column_read: ${row.x.uuid}
    bool taken;         // there is such an entity
    bool all_known;     // none of them failed to compile
};

static struct str first_word(struct str path)
{
    return (struct str){path.at, str_find_char(path, '.')};
}

static void note_expr(void *context, const struct expr *expr)
{
    struct reads *reads = context;
    if (expr->field != FIELD_ROW) {
        return;
    }
    struct str column = first_word(expr->name);
    struct map_entry *entry = map_add(&reads->columns, column, NULL);
    entry->value = expr->optional ? entry->value : reads;
    if (column.len == expr->name.len) {
        return;
    }
    struct str member = str_skip(expr->name, column.len + 1);
    if (!str_is(member, "handle") && map_find(&reads->users, expr->name) == NULL) {
        struct column_read *read = arena_alloc(reads->users.arena, sizeof *read);
        *read = (struct column_read){member, expr->span};
        map_add(&reads->users, expr->name, NULL)->value = read;
    }
}

// True when an entity of the definition is too broken to tell what it is made for.
static bool has_unknown_entity(const struct definition *definition)
{
    for (size_t i = 0; i < definition->entity_count; i++) {
        if (definition->entities[i].for_each_span.source == NULL) {
            return true;
        }
    }
    return definition->has_entities && definition->entity_count == 0;
}

// What the unit's entities read of the group.
static void note_unit(struct reads *reads, const struct unit *unit,
                      const struct row_group *group)
{
    reads->all_known = !has_unknown_entity(&unit->definition);
    for (size_t p = 0; p < unit->program_count; p++) {
        const struct program *program = &unit->programs[p];
        if (program->entity->for_each == FOR_EACH_ROW &&
            str_eq(program->entity->rows, group->name)) {
            reads->taken = true;
            reads->all_known = reads->all_known && !program->broken;
            program_visit(program, note_expr, reads);
        }
    }
}

// What is read of the handles of a column.
static void note_columns(struct unit *unit, const struct reads *reads,
                         struct str column)
{
    for (size_t i = 0; i < reads->users.count; i++) {
        const struct map_entry *path = &reads->users.entries[i];
        if (str_eq(first_word(path->key), column)) {
            const struct column_read *read = path->value;
            map_add(&unit->row_columns, read->name, NULL)->value = path->value;
        }
    }
}

static void want_handles(struct unit *unit, const struct reads *reads,
                         const struct row_group *group, struct arena *arena)
{
    for (size_t r = 0; r < group->count; r++) {
        const struct row *row = row_at(group, r);
        for (size_t c = 0; c < row->count; c++) {
            const struct row_column *column = &row->columns[c];
            if (column->value->is_handle) {
                unit_want_handle(unit, column->value->text, column->value->span, false,
                                 arena);
                note_columns(unit, reads, column->name);
            }
        }
    }
}

static bool has_programs(const struct compilation *compilation)
{
    for (size_t u = 0; u < compilation->unit_count; u++) {
        if (compilation->units[u].program_count > 0) {
            return true;
        }
    }
    return false;
}

// Names that rows of this run may have: `for_each` of the entities.
static void report_untaken(struct compilation *compilation,
                           const struct row_group *group)
{
    struct diags *diags = compilation->diags;
    size_t count = 0;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        count += compilation->units[u].program_count;
    }
    struct str *names = arena_array(compilation->arena, count, sizeof *names);
    count = 0;
    for (size_t u = 0; u < compilation->unit_count; u++) {
        const struct unit *unit = &compilation->units[u];
        for (size_t p = 0; p < unit->program_count; p++) {
            if (unit->programs[p].entity->for_each == FOR_EACH_ROW) {
                names[count++] = unit->programs[p].entity->rows;
            }
        }
    }
    if (count == 0 && !has_programs(compilation)) {
        diag_add_once(diags, DIAG_FIXTURE_UNTAKEN, group->span,
                      "there is no entity for rows");
        return;
    }
    struct diag *diag =
        diag_add(diags, DIAG_FIXTURE_UNTAKEN, group->span,
                 "no entity has 'for_each: %.*s'", STR_ARG(group->name));
    diag_help_nearest(diags, diag, group->name, names, count);
}

static bool is_read(const struct reads *reads, struct str name)
{
    for (size_t i = 0; i < reads->columns.count; i++) {
        if (str_eq(reads->columns.entries[i].key, name)) {
            return true;
        }
    }
    return false;
}

static bool has_column(const struct row_group *group, struct str name)
{
    for (size_t r = 0; r < group->count; r++) {
        if (row_find(row_at(group, r), name) != NULL) {
            return true;
        }
    }
    return false;
}

// The column that is read, is not in the row, and is near the one that is not read:
// one of the two names is misspelt. NULL: none.
static const struct map_entry *find_meant(const struct reads *reads,
                                          const struct row *row, struct str name,
                                          uint64_t *work)
{
    for (size_t i = 0; i < reads->columns.count; i++) {
        const struct map_entry *entry = &reads->columns.entries[i];
        if (str_nearest_within(name, &entry->key, 1, work) == 0 &&
            row_find(row, entry->key) == NULL) {
            return entry;
        }
    }
    return NULL;
}

static void report_unread(struct compilation *compilation,
                          const struct row_column *column,
                          const struct row_group *group, const struct map_entry *meant)
{
    struct diags *diags = compilation->diags;
    struct diag *diag = diag_add(diags, DIAG_ROW_COLUMN_UNREAD, column->name_span,
                                 "no entity reads column %s of these rows",
                                 diag_quote(diags, column->name));
    if (meant == NULL) {
        diag_help(diags, diag, "read it as ${row.%.*s}, or take it out of the fixture",
                  STR_ARG(column->name));
        return;
    }
    diag_help(diags, diag, "did you mean '%.*s'?", STR_ARG(meant->key));
    compilation_misspelt_add(compilation, group->name, column->name, meant->key);
}

// Each column once, where it stands first. A template's misspelt one is told where rows
// are verified: it is missing there.
static void check_read(struct compilation *compilation, struct reads *reads,
                       const struct row_group *group)
{
    struct map seen;
    map_init(&seen, compilation->arena);
    for (size_t r = 0; r < group->count; r++) {
        const struct row *row = row_at(group, r);
        for (size_t c = 0; c < row->count; c++) {
            const struct row_column *column = &row->columns[c];
            bool fresh = false;
            map_add(&seen, column->name, &fresh);
            if (!fresh || is_read(reads, column->name)) {
                continue;
            }
            const struct map_entry *meant =
                find_meant(reads, row, column->name, &compilation->diags->nearest_work);
            bool of_template = meant != NULL && !has_column(group, meant->key);
            if (!of_template || meant->value == NULL) {
                report_unread(compilation, column, group, of_template ? NULL : meant);
            }
        }
    }
}

static void survey_group(struct compilation *compilation, const struct fixture *fixture,
                         const struct row_group *group)
{
    struct reads all = {.all_known = true};
    map_init(&all.columns, compilation->arena);
    for (size_t u = 0; u < compilation->unit_count; u++) {
        struct unit *unit = &compilation->units[u];
        if (!unit_has_fixture(unit, fixture)) {
            continue;
        }
        struct reads own = {.all_known = true};
        map_init(&own.columns, compilation->arena);
        map_init(&own.users, compilation->arena);
        note_unit(&own, unit, group);
        if (own.taken) {
            want_handles(unit, &own, group, compilation->arena);
        }
        for (size_t i = 0; i < own.columns.count; i++) {
            const struct map_entry *read = &own.columns.entries[i];
            struct map_entry *entry = map_add(&all.columns, read->key, NULL);
            entry->value = read->value != NULL ? read->value : entry->value;
        }
        all.taken = all.taken || own.taken;
        all.all_known = all.all_known && own.all_known;
    }
    if (!all.all_known || compilation->incomplete) {
        return; // what is broken may be what takes or reads them
    }
    if (all.taken) {
        check_read(compilation, &all, group);
    } else {
        report_untaken(compilation, group);
    }
}

void survey_data(struct compilation *compilation, const struct fixture *fixture)
{
    for (size_t g = 0; g < fixture->data->group_count; g++) {
        if (fixture->data->groups[g].name.len > 0) { // else refused already
            survey_group(compilation, fixture, &fixture->data->groups[g]);
        }
    }
}
