// Fixtures: opened once each, and given to the definitions that take them.
// Transcripts are not read here; files of rows and items are.
#include "fixtures.h"

#include "binaries.h"
#include "file.h"
#include "input_file.h"
#include "map.h"
#include "matches.h"
#include "resolve.h"
#include "run.h"
#include "typed_json.h"
#include "yaml_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// What is spooled of standard input.
#define SPOOL_MAX_BYTES ((uint64_t)64 << 30)
_Static_assert(SPOOL_MAX_BYTES > UINT32_MAX,
               "a ceiling, also where size_t has 32 bits");

// A file as it was when it was opened.
struct opened_file {
    struct file_identity identity;
    const char *path; // of a transcript; NULL: a copy of what was no file
};

static void report_read(struct ddb *ddb, struct span wanted,
                        const struct source *source, const char *why)
{
    struct span span = wanted.source != NULL ? wanted : source_span_file(source);
    diag_add(&ddb->diags, DIAG_FILE_READ, span, "cannot read %s: %s",
             diag_quote(&ddb->diags, source->name), why);
}

// Of what is read once, the copy may be what failed.
static void report_copy(struct ddb *ddb, const struct source *source, int why)
{
    struct diag *diag = diag_add(&ddb->diags, DIAG_FILE_READ, source_span_file(source),
                                 "cannot copy %s to a temporary file: %s",
                                 diag_quote(&ddb->diags, source->name), strerror(why));
    diag_help(&ddb->diags, diag, "TMPDIR says in which folder");
}

static enum file_result open_kept(struct ddb *ddb, struct source *source,
                                  struct opened_file *opened, const char *path)
{
    source->kept = arena_alloc(&ddb->arena, sizeof *source->kept);
    opened->path = arena_str(&ddb->arena, str_from(path)).at;
    enum file_result result = kept_file_open(source->kept, &ddb->kept, opened->path);
    opened->identity = source->kept->identity;
    return result;
}

// Standard input, or what else was opened for us, can be read once: it is copied.
static enum file_result open_stream(struct ddb *ddb, struct source *source,
                                    struct opened_file *opened, int stream)
{
    struct stat status = {0};
    enum file_result result =
        file_spool(&source->fd, stream, SPOOL_MAX_BYTES, ddb->options.stop);
    if (result == FILE_OK && fstat(source->fd, &status) != 0) {
        result = FILE_ERRNO;
    }
    opened->identity = file_identity_of(&status);
    return result;
}

static void close_source(struct source *source)
{
    if (source->kept != NULL) {
        kept_file_close(source->kept);
    } else if (source->fd >= 0) {
        (void)close(source->fd);
    }
}

// A transcript, shown as `shown`; "-" is standard input. NULL: diagnosed, or stopped.
// It lives as long as the run, since diagnostics point to it.
static struct source *open_source(struct ddb *ddb, struct opened_file *opened,
                                  const char *path, const char *shown,
                                  struct span wanted)
{
    int stream = file_descriptor_of(path);
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    source->fd = -1;
    source->name = source_name_of(shown, &ddb->arena);
    enum file_result result = stream >= 0 ? open_stream(ddb, source, opened, stream)
                                          : open_kept(ddb, source, opened, path);
    switch (result) {
    case FILE_OK:
        break;
    case FILE_ERRNO:
        if (stream >= 0) {
            report_copy(ddb, source, errno);
        } else {
            report_read(ddb, wanted, source, strerror(errno));
        }
        return NULL;
    case FILE_NOT_REGULAR:
        report_read(ddb, wanted, source, "not a regular file");
        return NULL;
    case FILE_STOPPED:
        return NULL;
    case FILE_TOO_LARGE:
    default:
        report_read(ddb, wanted, source, "larger than 64 GiB");
        return NULL;
    }
    if (opened->identity.size == 0) {
        close_source(source);
        diag_add(&ddb->diags, DIAG_FILE_EMPTY, source_span_file(source),
                 "the file is empty");
        return NULL;
    }
    return source;
}

// What tells a file from others, as bytes.
struct file_key {
    uint64_t device;
    uint64_t inode;
};

static struct str key_of(const struct file_key *key)
{
    return (struct str){(const char *)key, sizeof *key};
}

static struct fixture *find_opened(struct ddb *ddb, const struct file_identity *file)
{
    struct file_key key = {file->device, file->inode};
    return map_find(&ddb->fixtures_by_file, key_of(&key));
}

static struct fixture *add_fixture(struct ddb *ddb, const struct source *source,
                                   struct opened_file opened)
{
    struct fixture *fixture = compilation_add_fixture(&ddb->compilation, source);
    struct opened_file *kept = arena_alloc(&ddb->arena, sizeof *kept);
    struct file_key *key = arena_alloc(&ddb->arena, sizeof *key);
    *kept = opened;
    *key = (struct file_key){opened.identity.device, opened.identity.inode};
    fixture->opened = kept;
    map_add(&ddb->fixtures_by_file, key_of(key), NULL)->value = fixture;
    return fixture;
}

// Rows and items are in memory: only transcripts are read again. The copy of standard
// input is nobody else's.
bool fixtures_unchanged(struct ddb *ddb)
{
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        const struct fixture *fixture = ddb->compilation.fixtures[i];
        struct kept_file *kept = fixture->source.kept;
        if (kept != NULL && !kept_file_is_unchanged(kept)) {
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
    struct opened_file opened = {0};
    struct source *source = open_source(ddb, &opened, path, shown, wanted);
    if (source == NULL) {
        return NULL;
    }
    struct fixture *known = find_opened(ddb, &opened.identity);
    if (known != NULL) {
        close_source(source);
        return known;
    }
    return add_fixture(ddb, source, opened);
}

const char *fixtures_path(const struct fixture *fixture)
{
    return fixture->opened->path;
}

struct fixture *fixtures_transcript(struct ddb *ddb, const char *path)
{
    const char *real = resolve_named(ddb, path);
    return real == NULL ? NULL : open_transcript(ddb, real, path, (struct span){0});
}

static struct file_identity identity_at(const char *path)
{
    struct stat status = {0};
    return file_identity_of(lstat(path, &status) == 0 ? &status : &(struct stat){0});
}

struct fixture *fixtures_data(struct ddb *ddb, const char *real, struct data_file *data,
                              const struct source *source, const struct node *root)
{
    struct opened_file opened = {.identity = identity_at(real)};
    struct fixture *known = find_opened(ddb, &opened.identity);
    if (known != NULL) {
        return known;
    }
    data_file_read(data, root, &ddb->diags); // what could be read is looked at
    (void)binaries_load_data(ddb, data);     // diagnosed
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
    struct file_identity identity = identity_at(real);
    struct fixture *known = find_opened(ddb, &identity);
    bool first = false;
    (void)map_add(&ddb->data_files, str_from(real), &first);
    if (known != NULL || !first) { // what was refused was diagnosed then
        return known;
    }
    struct yaml_file file = {real, shown, span, ddb->options.stop};
    const struct source *source = yaml_source_read(&file, &ddb->arena, &ddb->diags);
    if (source == NULL) {
        return NULL;
    }
    struct data_file *data = arena_alloc(&ddb->arena, sizeof *data);
    const struct node *root = input_file_read(ddb, source, span, data);
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

static void open_pattern(struct ddb *ddb, struct unit *unit,
                         const struct resolve_base *base,
                         const struct fixture_pattern *pattern)
{
    if (str_starts(pattern->text, STR("${")) || pattern->text.at[0] == '/') {
        diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, pattern->span,
                 "a fixture's path is relative to the file that names it");
        return;
    }
    struct match *matches = NULL;
    size_t count = 0;
    // What was found before something led out of the project is a part of it.
    (void)matches_find(&matches, &count, ddb, base, pattern->text, pattern->span);
    for (size_t i = 0; i < count; i++) {
        struct fixture *fixture =
            open_match(ddb, matches[i].real, matches[i].shown, pattern->span);
        if (fixture != NULL) {
            fixtures_give(ddb, unit, fixture);
        }
    }
}

void fixtures_open_listed(struct ddb *ddb, struct unit *unit, struct str file,
                          const struct fixture_pattern *patterns, size_t count)
{
    struct resolve_base base;
    bool found = resolve_base_init(&base, ddb, file);
    for (size_t i = 0; found && i < count; i++) {
        open_pattern(ddb, unit, &base, &patterns[i]);
    }
}

void fixtures_open_own(struct ddb *ddb, struct unit *unit)
{
    const struct definition *definition = &unit->definition;
    fixtures_open_listed(ddb, unit, definition->source->name, definition->fixtures,
                         definition->fixture_count);
}
