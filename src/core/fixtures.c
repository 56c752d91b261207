// Fixtures: opened once each, kept open, and given to the definitions that take them.
// Transcripts are not read here; files of rows and items are.
#include "file.h"
#include "map.h"
#include "project.h"
#include "run.h"
#include "typed_json.h"
#include "yaml_read.h"

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What is spooled of standard input.
#define SPOOL_MAX_BYTES ((uint64_t)64 << 30)

// A file as it was when it was opened.
struct opened_file {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
    const char *path; // of a transcript; NULL: standard input
};

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

static struct opened_file identity(const struct stat *status)
{
    return (struct opened_file){status->st_dev, status->st_ino, status->st_size,
                                status->st_mtim, NULL};
}

static struct opened_file identity_of_open(int fd)
{
    struct stat status = {0};
    return fstat(fd, &status) == 0 ? identity(&status) : (struct opened_file){0};
}

static struct fixture *find_opened(struct ddb *ddb, const struct opened_file *opened)
{
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        const struct opened_file *other = ddb->compilation.fixtures[i]->opened;
        if (opened->device == other->device && opened->inode == other->inode) {
            return ddb->compilation.fixtures[i];
        }
    }
    return NULL;
}

static struct fixture *add_fixture(struct ddb *ddb, const struct source *source,
                                   struct opened_file opened)
{
    struct fixture *fixture = compilation_add_fixture(&ddb->compilation, source);
    struct opened_file *kept = arena_alloc(&ddb->arena, sizeof *kept);
    *kept = opened;
    fixture->opened = kept;
    return fixture;
}

// Rows and items are in memory: only transcripts are read again.
bool fixtures_unchanged(struct ddb *ddb)
{
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        const struct fixture *fixture = ddb->compilation.fixtures[i];
        if (fixture->data != NULL) {
            continue;
        }
        struct opened_file now = identity_of_open(fixture->source.fd);
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
static struct fixture *open_transcript(struct ddb *ddb, const char *path,
                                       const char *shown, struct span wanted)
{
    struct source *source = open_source(ddb, path, shown, wanted);
    if (source == NULL) {
        return NULL;
    }
    struct opened_file opened = identity_of_open(source->fd);
    struct fixture *known = find_opened(ddb, &opened);
    if (known != NULL) {
        close(source->fd);
        return known;
    }
    if (strcmp(path, "-") != 0) {
        opened.path = arena_str(&ddb->arena, str_from(path)).at;
    }
    return add_fixture(ddb, source, opened);
}

const char *fixtures_path(const struct fixture *fixture)
{
    return fixture->opened->path;
}

struct fixture *fixtures_transcript(struct ddb *ddb, const char *path)
{
    return open_transcript(ddb, path, path, (struct span){0});
}

static struct opened_file identity_at(const char *path)
{
    struct stat status = {0};
    return stat(path, &status) == 0 ? identity(&status) : (struct opened_file){0};
}

struct fixture *fixtures_data(struct ddb *ddb, const char *path, struct data_file *data,
                              const struct source *source, const struct node *root)
{
    struct opened_file opened = identity_at(path);
    struct fixture *known = find_opened(ddb, &opened);
    if (known != NULL) {
        return known;
    }
    bool read = data_file_read(data, root, &ddb->diags);
    (void)read; // diagnosed; what could be read is looked at all the same
    (void)binaries_load_data(ddb, data); // diagnosed
    struct fixture *fixture = add_fixture(ddb, source, opened);
    fixture->data = data;
    return fixture;
}

void fixtures_give(struct ddb *ddb, struct unit *unit, struct fixture *fixture)
{
    if (!unit_has_fixture(unit, fixture)) {
        unit_add_fixture(unit, fixture, &ddb->arena);
    }
}

// ---- a definition's own fixtures

// A file of rows and items that a definition names. It is read once, however many do.
static struct fixture *open_data(struct ddb *ddb, const char *real, const char *shown,
                                 struct span span)
{
    struct opened_file opened = identity_at(real);
    struct fixture *known = find_opened(ddb, &opened);
    bool first = false;
    (void)map_add(&ddb->data_files, str_from(real), &first);
    if (known != NULL || !first) { // what was refused was diagnosed then
        return known;
    }
    const struct source *read = yaml_source_read(real, span, &ddb->arena, &ddb->diags);
    if (read == NULL) {
        return NULL;
    }
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    *source = *read;
    source->name = arena_str(&ddb->arena, str_from(shown));
    struct data_file *data = arena_alloc(&ddb->arena, sizeof *data);
    const struct node *root = inputs_read(ddb, source, span, data);
    if (root == NULL) {
        return NULL;
    }
    if (!data_file_is(root)) {
        const char *help = NULL;
        const char *what = typed_json_document(root, &help);
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_FILE_KIND, span, "%s is no fixture%s%s",
                     diag_quote(&ddb->diags, str_from(shown)),
                     what != NULL ? ": it looks like " : "", what != NULL ? what : "");
        diag_help(&ddb->diags, diag, "%s",
                  what != NULL ? help : "a fixture in YAML has 'rows' or 'items'");
        return NULL;
    }
    return fixtures_data(ddb, real, data, source, root);
}

static struct fixture *open_match(struct ddb *ddb, const char *real, const char *shown,
                                  struct span span)
{
    switch (input_kind_of(str_from(shown))) {
    case INPUT_TRANSCRIPT:
        return open_transcript(ddb, real, shown, span);
    case INPUT_YAML:
        return open_data(ddb, real, shown, span);
    case INPUT_UNKNOWN:
    default: {
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_FILE_KIND, span, "%s is no fixture",
                     diag_quote(&ddb->diags, str_from(shown)));
        diag_help(
            &ddb->diags, diag,
            "a fixture is a transcript (*.txt) or has rows and items (*.yaml, *.json)");
        return NULL;
    }
    }
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
        return;
    }
    for (size_t i = 0; i < matches.gl_pathc; i++) {
        const char *match = matches.gl_pathv[i];
        const char *real = resolve_inside(ddb, match, root, pattern->span);
        if (real == NULL) {
            break; // and so may those that follow lead out of the project
        }
        struct fixture *fixture =
            open_match(ddb, real, project_shorten(match, &ddb->arena), pattern->span);
        if (fixture != NULL) {
            fixtures_give(ddb, unit, fixture);
        }
    }
    globfree(&matches);
}

void fixtures_open_own(struct ddb *ddb, struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    const char *folder = project_folder(definition->source->name.at, &ddb->arena);
    const char *root = project_root(folder, &ddb->arena);
    for (size_t i = 0; root != NULL && i < definition->fixture_count; i++) {
        open_pattern(ddb, unit, folder, root, &definition->fixtures[i]);
    }
}
