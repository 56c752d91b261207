// FILEs to units and fixtures: what the command line names is classified and opened,
// definitions are read. Fixtures are fixtures.c's.
#include "inputs.h"

#include "binaries.h"
#include "feeding.h"
#include "fixtures.h"
#include "input_file.h"
#include "resolve.h"
#include "run.h"
#include "stop.h"
#include "table_check.h"
#include "typed_json.h"
#include "yaml_read.h"

struct fixture *inputs_fixture(struct ddb *ddb, const char *path)
{
    return resolve_claim(ddb, path) ? fixtures_transcript(ddb, path) : NULL;
}

// ---- definitions

void inputs_reserve(struct ddb *ddb, size_t definitions)
{
    ddb->compilation.units =
        arena_array(&ddb->arena, definitions, sizeof *ddb->compilation.units);
}

// A007.
static void check_table_once(struct ddb *ddb, const struct unit *unit)
{
    for (size_t i = 0; i < ddb->compilation.unit_count; i++) {
        const struct table *other = &ddb->compilation.units[i].definition.table;
        if (unit->definition.table.name.len > 0 &&
            str_eq(other->name, unit->definition.table.name)) {
            struct diag *diag =
                diag_add(&ddb->diags, DIAG_TABLE_TWICE, unit->definition.table.span,
                         "table %s is defined twice in this run",
                         diag_quote(&ddb->diags, other->name));
            diag_related(&ddb->diags, diag, other->span, "first here");
            return; // of those that follow each is told of itself
        }
    }
}

// A file in YAML, as a source and its document, whose rows and items are in *data;
// *real is where it lies. NULL: diagnosed, or stopped.
static const struct node *read_yaml(struct ddb *ddb, const char *path,
                                    const struct source **source, const char **real,
                                    struct data_file *data)
{
    *real = resolve_claim(ddb, path) ? resolve_named(ddb, path) : NULL;
    struct yaml_file file = {*real, path, {0}, ddb->options.stop};
    *source = *real == NULL ? NULL : yaml_source_read(&file, &ddb->arena, &ddb->diags);
    return *source != NULL
               ? input_file_read(ddb, *source, source_span_file(*source), data)
               : NULL;
}

static struct unit *add_definition(struct ddb *ddb, const struct source *source,
                                   const struct node *root)
{
    struct unit *unit = &ddb->compilation.units[ddb->compilation.unit_count];
    bool read =
        definition_read(&unit->definition, root, source, &ddb->arena, &ddb->diags);
    if (!binaries_load_definition(ddb, &unit->definition) || !read) {
        unit->broken = true;
    }
    unit->keys_broken = !table_keys_known(&unit->definition.table);
    unit_build(unit, &ddb->arena, &ddb->diags);
    check_table_once(ddb, unit);
    ddb->compilation.unit_count++;
    return unit;
}

static void report_kind(struct ddb *ddb, const struct node *root, const char *message,
                        const char *help)
{
    const char *foreign_help = NULL;
    const char *foreign = typed_json_document(root, &foreign_help);
    if (foreign != NULL) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_FILE_KIND, root->span,
                                     "%s: it looks like %s", message, foreign);
        diag_help(&ddb->diags, diag, "%s", foreign_help);
        return;
    }
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_FILE_KIND, root->span, "%s", message);
    diag_help(&ddb->diags, diag, "%s", help);
}

struct unit *inputs_definition(struct ddb *ddb, const char *path)
{
    const struct source *source = NULL;
    const char *real = NULL;
    struct data_file *data = arena_alloc(&ddb->arena, sizeof *data);
    const struct node *root = read_yaml(ddb, path, &source, &real, data);
    if (root == NULL) {
        return NULL;
    }
    if (!definition_is(root)) {
        report_kind(ddb, root, "this is no table definition",
                    "a definition has 'table_name'");
        return NULL;
    }
    return add_definition(ddb, source, root);
}

// ---- the command line's files

// Of a file that could not be read: what every definition has stands in it, for all that
// is known.
static bool may_define(const struct source *source)
{
    return source == NULL ||
           str_find(source->text, STR("table_name")) < source->text.len;
}

// A file that the command line names: a definition is read and added; a fixture of rows
// and items is returned, to be given to definitions when all of them are there.
static struct fixture *open_yaml(struct ddb *ddb, const char *path)
{
    const struct source *source = NULL;
    const char *real = NULL;
    struct data_file *data = arena_alloc(&ddb->arena, sizeof *data);
    const struct node *root = read_yaml(ddb, path, &source, &real, data);
    if (root == NULL) {
        ddb->compilation.incomplete = ddb->compilation.incomplete || may_define(source);
        return NULL;
    }
    if (definition_is(root)) {
        (void)add_definition(ddb, source, root);
    } else if (data_file_is(root)) {
        return fixtures_data(ddb, real, data, source, root);
    } else {
        report_kind(ddb, root, "this is neither a table definition nor a fixture",
                    "a definition has 'table_name', a fixture 'rows' or 'items'");
    }
    return NULL;
}

// What an argument is. Of fixtures, the fixture, when it could be opened.
struct named_file {
    bool is_fixture;
    struct fixture *fixture;
};

static void open_named(struct ddb *ddb, struct named_file *out, const char *path)
{
    enum input_kind kind = input_kind_of(str_from(path));
    if (kind == INPUT_UNKNOWN && resolve_descriptor(ddb, path) >= 0) {
        kind = INPUT_TRANSCRIPT; // as '-'
    }
    switch (kind) {
    case INPUT_YAML:
        out->fixture = open_yaml(ddb, path);
        out->is_fixture = out->fixture != NULL;
        break;
    case INPUT_TRANSCRIPT:
        out->fixture = inputs_fixture(ddb, path);
        out->is_fixture = true;
        break;
    case INPUT_UNKNOWN:
    default: {
        struct diag *diag = diag_add(
            &ddb->diags, DIAG_FILE_KIND, (struct span){0},
            "%s is neither a definition or fixture (*.yaml, *.json) nor a transcript "
            "(*.txt)",
            diag_quote(&ddb->diags, str_from(path)));
        diag_help(&ddb->diags, diag, "'-' reads a transcript from standard input");
        break;
    }
    }
}

// A fixture of the command line goes to every definition that has use for it. Items that
// name no table may be for one that could not be read: then nothing is said of them.
static void give_named(struct ddb *ddb, struct fixture *fixture)
{
    fixture->items_nobodys = fixture->data != NULL && fixture->data->table.len == 0 &&
                             ddb->compilation.incomplete;
    for (size_t u = 0; u < ddb->compilation.unit_count; u++) {
        struct unit *unit = &ddb->compilation.units[u];
        if (fixture->data != NULL || unit_takes_transcripts(unit)) {
            fixtures_give(ddb, unit, fixture);
        }
    }
    if (fixture->data == NULL) {
        feeding_check_transcript(ddb, fixture);
    }
}

// Opens what the command line names; returns how many fixtures that were.
static size_t open_all_named(struct ddb *ddb)
{
    size_t count = ddb->options.file_count;
    struct named_file *named = arena_array(&ddb->arena, count, sizeof *named);
    size_t fixtures = 0;
    inputs_reserve(ddb, count);
    for (size_t i = 0; i < count; i++) {
        open_named(ddb, &named[i], ddb->options.files[i]);
        fixtures += named[i].is_fixture ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (named[i].fixture != NULL) {
            give_named(ddb, named[i].fixture);
        }
    }
    return fixtures;
}

// Without fixtures on the command line each definition has its own.
// What feeds what is no question while anything else is wrong.
static void open_own_fixtures(struct ddb *ddb, struct unit *unit, bool clean)
{
    const struct definition *definition = &unit->definition;
    size_t errors = ddb->diags.errors;
    fixtures_open_own(ddb, unit);
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i]->data == NULL && !unit_takes_transcripts(unit)) {
            diag_add(&ddb->diags, DIAG_FIXTURE_UNTAKEN, definition->fixtures_span,
                     "the definition has fixtures, and no entity for transcripts");
            break;
        }
    }
    if (clean && ddb->diags.errors == errors) {
        feeding_check_entities(ddb, unit);
    }
}

bool inputs_open(struct ddb *ddb)
{
    size_t errors = ddb->diags.errors;
    size_t named = open_all_named(ddb);
    if (stop_is_set(ddb->compilation.stop)) {
        return false;
    }
    if (ddb->compilation.unit_count == 0 && ddb->diags.errors == errors) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                                     "no table definition was given");
        diag_help(&ddb->diags, diag, "name one, such as schemas/messages.yaml");
    }
    bool own = named == 0 && !ddb->no_own_fixtures;
    for (size_t i = 0; own && i < ddb->compilation.unit_count; i++) {
        open_own_fixtures(ddb, &ddb->compilation.units[i], ddb->diags.errors == errors);
    }
    feeding_settle_items(ddb);
    return ddb->diags.errors == errors || ddb->compilation.unit_count > 0;
}

bool inputs_table(struct str *name, const struct definition **definition,
                  struct ddb *ddb, const char *argument)
{
    struct str text = str_from(argument);
    *definition = NULL;
    *name = text;
    if (input_is_yaml(text) || str_find_char(text, '/') < text.len) {
        inputs_reserve(ddb, 1);
        struct unit *unit = inputs_definition(ddb, argument);
        if (unit == NULL || ddb->diags.errors > 0) {
            return false;
        }
        *definition = &unit->definition;
        *name = unit->definition.table.name;
        return true;
    }
    return table_check_name(text, (struct span){0}, "a table name", &ddb->diags);
}
