// FILEs to units and fixtures: what the command line and definitions name is
// classified, opened and kept open; nothing is read here but definitions. What a
// definition may name, project.c says.
#include "file.h"
#include "project.h"
#include "run.h"
#include "table_check.h"
#include "yaml_read.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What is spooled of standard input.
#define SPOOL_MAX_BYTES ((size_t)64 << 30)

enum file_kind {
    KIND_YAML,
    KIND_TRANSCRIPT,
    KIND_UNKNOWN,
};

// A file as it was when it was opened.
struct opened_file {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

static enum file_kind kind_of(struct str path)
{
    if (str_is(path, "-") || str_ends(path, STR(".txt"))) {
        return KIND_TRANSCRIPT;
    }
    if (str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"))) {
        return KIND_YAML;
    }
    return KIND_UNKNOWN;
}

// Standard input can be read once.
static bool claim_stdin(struct ddb *ddb, const char *path)
{
    if (strcmp(path, "-") != 0) {
        return true;
    }
    if (ddb->stdin_taken) {
        ddb_usage_error(ddb, "standard input is named twice",
                        "'-' may stand for one file only");
        return false;
    }
    ddb->stdin_taken = true;
    return true;
}

static void report_read(struct ddb *ddb, struct span wanted,
                        const struct source *source, const char *why)
{
    struct span span = wanted.source != NULL ? wanted : source_span_file(source);
    diag_add(&ddb->diags, DIAG_FILE_READ, span, "cannot read %s: %s",
             diag_quote(&ddb->diags, source->name), why);
}

// A transcript behind a descriptor, shown as `shown`; "-" is standard input, spooled.
// NULL: diagnosed. It lives as long as the run, since diagnostics point to it.
static struct source *open_source(struct ddb *ddb, const char *path, const char *shown,
                                  struct span wanted)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    source->fd = -1;
    source->name = arena_str(&ddb->arena, is_stdin ? STR("<stdin>") : str_from(shown));
    enum file_result result =
        is_stdin ? file_spool(&source->fd, STDIN_FILENO, SPOOL_MAX_BYTES)
                 : file_open(&source->fd, path);
    switch (result) {
    case FILE_OK:
        break;
    case FILE_ERRNO:
        report_read(ddb, wanted, source, strerror(errno));
        return NULL;
    case FILE_NOT_REGULAR:
        report_read(ddb, wanted, source, "not a regular file");
        return NULL;
    case FILE_TOO_LARGE:
    default:
        report_read(ddb, wanted, source, "larger than 64 GiB");
        return NULL;
    }
    struct stat status;
    if (fstat(source->fd, &status) == 0 && status.st_size == 0) {
        diag_add(&ddb->diags, DIAG_FILE_EMPTY, source_span_file(source),
                 "the file is empty");
        return NULL;
    }
    return source;
}

static struct opened_file identity(int fd)
{
    struct stat status = {0};
    if (fstat(fd, &status) != 0) {
        return (struct opened_file){0};
    }
    return (struct opened_file){status.st_dev, status.st_ino, status.st_size,
                                status.st_mtim};
}

static bool same_file(const struct opened_file *a, const struct opened_file *b)
{
    return a->device == b->device && a->inode == b->inode;
}

bool inputs_unchanged(struct ddb *ddb)
{
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        const struct fixture *fixture = ddb->compilation.fixtures[i];
        struct opened_file now = identity(fixture->source.fd);
        const struct opened_file *then = fixture->opened;
        if (now.size != then->size || now.changed.tv_sec != then->changed.tv_sec ||
            now.changed.tv_nsec != then->changed.tv_nsec) {
            diag_add(&ddb->diags, DIAG_FILE_CHANGED, source_span_file(&fixture->source),
                     "the file changed while it was compiled");
            return false;
        }
    }
    return true;
}

// A fixture is opened once, however many definitions and arguments name it.
static struct fixture *open_fixture(struct ddb *ddb, const char *path,
                                    const char *shown, struct span wanted)
{
    struct source *source = open_source(ddb, path, shown, wanted);
    if (source == NULL) {
        return NULL;
    }
    struct opened_file *opened = arena_alloc(&ddb->arena, sizeof *opened);
    *opened = identity(source->fd);
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        if (same_file(opened, ddb->compilation.fixtures[i]->opened)) {
            close(source->fd);
            return ddb->compilation.fixtures[i];
        }
    }
    struct fixture *fixture = compilation_add_fixture(&ddb->compilation, source);
    fixture->opened = opened;
    return fixture;
}

struct fixture *inputs_fixture(struct ddb *ddb, const char *path)
{
    if (!claim_stdin(ddb, path)) {
        return NULL;
    }
    return open_fixture(ddb, path, path, (struct span){0});
}

static void add_once(struct ddb *ddb, struct unit *unit, struct fixture *fixture)
{
    for (size_t i = 0; i < unit->fixture_count; i++) {
        if (unit->fixtures[i] == fixture) {
            return;
        }
    }
    unit_add_fixture(unit, fixture, &ddb->arena);
}

// ---- definitions

void inputs_reserve(struct ddb *ddb, size_t definitions)
{
    ddb->compilation.units =
        arena_array(&ddb->arena, definitions, sizeof *ddb->compilation.units);
}

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
        }
    }
}

struct unit *inputs_definition(struct ddb *ddb, const char *path)
{
    const struct source *source =
        claim_stdin(ddb, path)
            ? yaml_source_read(path, (struct span){0}, &ddb->arena, &ddb->diags)
            : NULL;
    const struct node *root =
        source != NULL ? yaml_read(source, &ddb->arena, &ddb->diags) : NULL;
    if (root == NULL) {
        return NULL;
    }
    if (!definition_is(root)) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_FILE_KIND, root->span,
                                     "this is no table definition");
        diag_help(&ddb->diags, diag, "a definition has 'table_name'");
        return NULL;
    }
    struct unit *unit = &ddb->compilation.units[ddb->compilation.unit_count];
    if (!definition_read(&unit->definition, root, source, &ddb->arena, &ddb->diags)) {
        // The entities of a table that is wrong would repeat its mistakes; templates
        // and transcripts are still looked at.
        unit->broken = true;
    }
    unit_build(unit, &ddb->arena, &ddb->diags);
    check_table_once(ddb, unit);
    ddb->compilation.unit_count++;
    return unit;
}

// ---- a definition's own fixtures

// A path that a file names (at span), resolved, when it is inside the project of which
// root is the folder. NULL: diagnosed. What leads elsewhere later on does not matter:
// what is returned has no links to follow.
static const char *resolve_inside(struct ddb *ddb, const char *path, const char *root,
                                  struct span span)
{
    const char *shown = project_shorten(path, &ddb->arena);
    const char *real = project_resolve(path, &ddb->arena);
    if (real == NULL) {
        struct source source = {.name = str_from(shown), .fd = -1};
        report_read(ddb, span, &source, strerror(errno));
        return NULL;
    }
    if (!project_holds(root, real)) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, span,
                                     "%s leads out of the project",
                                     diag_quote(&ddb->diags, str_from(shown)));
        const char *folder = project_relative(root, &ddb->arena);
        diag_help(
            &ddb->diags, diag,
            "the project is %s; a ddbgen.yaml or .git in a folder above makes that "
            "one the project",
            strcmp(folder, ".") == 0 ? "the current folder" : folder);
        return NULL;
    }
    return real;
}

const char *inputs_resolve(struct ddb *ddb, const char *path, struct span span)
{
    const char *folder = project_folder(span.source->name.at, &ddb->arena);
    const char *root = project_root(folder, &ddb->arena);
    const char *real = root != NULL ? resolve_inside(ddb, path, root, span) : NULL;
    return real != NULL ? project_relative(real, &ddb->arena) : NULL;
}

// False: the match lies outside, and so may those that follow.
static bool open_match(struct ddb *ddb, struct unit *unit, const char *path,
                       const char *root, struct span span)
{
    const char *real = resolve_inside(ddb, path, root, span);
    const char *shown = project_shorten(path, &ddb->arena);
    if (real == NULL) {
        return false;
    }
    if (kind_of(str_from(path)) != KIND_TRANSCRIPT) {
        diag_add(&ddb->diags, DIAG_FILE_KIND, span, "%s is no transcript (*.txt)",
                 diag_quote(&ddb->diags, str_from(shown)));
    } else {
        struct fixture *fixture = open_fixture(ddb, real, shown, span);
        if (fixture != NULL) {
            add_once(ddb, unit, fixture);
        }
    }
    return true;
}

static void open_pattern(struct ddb *ddb, struct unit *unit, const char *folder,
                         const char *root, const struct fixture_pattern *pattern)
{
    if (str_starts(pattern->text, STR("${")) || pattern->text.at[0] == '/') {
        diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, pattern->span,
                 "a fixture's path is relative to the definition");
        return;
    }
    struct str path =
        arena_printf(&ddb->arena, "%s/%.*s", folder, STR_ARG(pattern->text));
    if (strcmp(folder, ".") == 0) {
        path = arena_str(&ddb->arena, pattern->text);
    }
    glob_t matches;
    int result = glob(path.at, 0, NULL, &matches);
    if (result != 0) {
        struct diag *diag = diag_add(
            &ddb->diags, DIAG_FILE_GLOB, pattern->span, "no file matches %s",
            diag_quote(&ddb->diags, str_from(project_shorten(path.at, &ddb->arena))));
        diag_help(&ddb->diags, diag, "paths are relative to the definition");
    }
    bool inside = result == 0;
    for (size_t i = 0; inside && i < matches.gl_pathc; i++) {
        inside = open_match(ddb, unit, matches.gl_pathv[i], root, pattern->span);
    }
    if (result == 0) {
        globfree(&matches);
    }
}

static void open_own_fixtures(struct ddb *ddb, struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    const char *folder = project_folder(definition->source->name.at, &ddb->arena);
    const char *root = project_root(folder, &ddb->arena);
    for (size_t i = 0; root != NULL && i < definition->fixture_count; i++) {
        open_pattern(ddb, unit, folder, root, &definition->fixtures[i]);
    }
    if (definition->fixture_count > 0 && !definition->has_entities) {
        diag_add(&ddb->diags, DIAG_FIXTURE_UNTAKEN, definition->fixtures_span,
                 "the definition has fixtures, and no entity for transcripts");
    }
}

// ---- the command line's files

static size_t open_definitions(struct ddb *ddb)
{
    size_t transcripts = 0;
    inputs_reserve(ddb, ddb->options.file_count);
    for (size_t i = 0; i < ddb->options.file_count; i++) {
        const char *path = ddb->options.files[i];
        switch (kind_of(str_from(path))) {
        case KIND_YAML:
            (void)inputs_definition(ddb, path); // diagnosed
            break;
        case KIND_TRANSCRIPT:
            transcripts++;
            break;
        case KIND_UNKNOWN:
        default: {
            struct diag *diag =
                diag_add(&ddb->diags, DIAG_FILE_KIND, (struct span){0},
                         "%s is neither a definition (*.yaml) nor a transcript (*.txt)",
                         diag_quote(&ddb->diags, str_from(path)));
            diag_help(&ddb->diags, diag, "'-' reads a transcript from standard input");
            break;
        }
        }
    }
    return transcripts;
}

static void open_named_fixtures(struct ddb *ddb)
{
    for (size_t i = 0; i < ddb->options.file_count; i++) {
        const char *path = ddb->options.files[i];
        if (kind_of(str_from(path)) != KIND_TRANSCRIPT) {
            continue;
        }
        struct fixture *fixture = inputs_fixture(ddb, path);
        bool taken = fixture == NULL;
        for (size_t u = 0; u < ddb->compilation.unit_count; u++) {
            struct unit *unit = &ddb->compilation.units[u];
            taken = taken || unit->definition.has_entities;
            if (fixture != NULL && unit_takes_transcripts(unit)) {
                add_once(ddb, unit, fixture);
            }
        }
        if (!taken && ddb->compilation.unit_count > 0) {
            diag_add(&ddb->diags, DIAG_FIXTURE_UNTAKEN,
                     source_span_file(&fixture->source),
                     "no definition of this run has an entity for transcripts");
        }
    }
}

bool inputs_open(struct ddb *ddb)
{
    size_t errors = ddb->diags.errors;
    size_t named = open_definitions(ddb);
    if (ddb->compilation.unit_count == 0 && ddb->diags.errors == errors) {
        struct diag *diag = diag_add(&ddb->diags, DIAG_USAGE, (struct span){0},
                                     "no table definition was given");
        diag_help(&ddb->diags, diag, "name one, such as schemas/messages.yaml");
    }
    if (named > 0) {
        open_named_fixtures(ddb);
    }
    for (size_t i = 0; i < ddb->compilation.unit_count; i++) {
        struct unit *unit = &ddb->compilation.units[i];
        if (named == 0) {
            open_own_fixtures(ddb, unit);
            if (ddb->diags.errors == errors && unit->fixture_count == 0 &&
                unit->definition.entity_count > 0 &&
                unit->definition.fixture_count == 0) {
                diag_add(&ddb->diags, DIAG_ENTITY_UNFED,
                         unit->definition.entities[0].span,
                         "the definition has entities, and no fixture feeds them");
            }
        }
    }
    return ddb->diags.errors == errors || ddb->compilation.unit_count > 0;
}

bool inputs_table(struct str *name, const struct table **table, struct ddb *ddb,
                  const char *argument)
{
    struct str text = str_from(argument);
    *table = NULL;
    *name = text;
    if (str_ends(text, STR(".yaml")) || str_ends(text, STR(".yml")) ||
        str_find_char(text, '/') < text.len) {
        inputs_reserve(ddb, 1);
        struct unit *unit = inputs_definition(ddb, argument);
        if (unit == NULL || ddb->diags.errors > 0) {
            return false;
        }
        *table = &unit->definition.table;
        *name = unit->definition.table.name;
        return true;
    }
    return table_check_name(text, (struct span){0}, "a table name", &ddb->diags);
}
