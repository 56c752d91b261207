// Locks read and asked. In: the folders of definitions. Out: what `now` means in
// fixtures, and users, as far as the locks know them.
#include "locks.h"

#include "connect.h"
#include "file.h"
#include "fixtures.h"
#include "project.h"
#include "resolve.h"
#include "run.h"
#include "utf8.h"
#include "yaml_read.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct unit_lock *locks_of(struct ddb *ddb, const struct unit *unit)
{
    return &ddb->unit_locks[unit - ddb->compilation.units];
}

struct str locks_target(const struct ddb *ddb)
{
    const struct target *target = &ddb->target;

    return target->name.len > 0 ? target->name : target->endpoint_url;
}

struct str locks_name(struct ddb *ddb, const struct run_lock *file, const char *path)
{
    const char *real = project_resolve(path, &ddb->arena);
    if (real == NULL || file->folder == NULL) {
        return (struct str){0};
    }
    struct str name = str_from(project_relative_from(real, file->folder, &ddb->arena));
    return utf8_check(name) == name.len ? name : (struct str){0};
}

// ---- finding and reading

static bool refuse_read(struct ddb *ddb, const struct source *source, const char *why)
{
    diag_add(&ddb->diags, DIAG_FILE_READ, source_span_file(source),
             "the lock cannot be read: %s", why);
    return false;
}

// A lock is found by its name alone, so it has to be as much the user's own as the
// definition that it lies beside: in a folder like /tmp anybody could leave one.
static bool check_owner(struct ddb *ddb, const struct source *source, uid_t owner,
                        const char *definition)
{
    struct stat beside;

    if (file_owner_is_trusted(owner) ||
        (stat(definition, &beside) == 0 && beside.st_uid == owner)) {
        return true;
    }
    struct diag *diag = diag_add(&ddb->diags, DIAG_LOCK, source_span_file(source),
                                 "the lock belongs to another user");
    diag_help(&ddb->diags, diag, "if it is meant, name it: --lock %.*s",
              STR_ARG(source->name));
    return false;
}

// definition NULL: the command line names the lock, and may name any.
static bool read_text(struct ddb *ddb, struct source *source, const char *real,
                      const char *definition)
{
    struct stat status;
    int fd = -1;
    enum file_result result = file_open(&fd, real);

    if (result == FILE_OK && fstat(fd, &status) != 0) {
        result = FILE_ERRNO;
    }
    bool good = result == FILE_OK;
    if (good && definition != NULL) {
        good = check_owner(ddb, source, status.st_uid, definition);
    }
    if (good) {
        result = file_read_fd(&source->text, fd, YAML_MAX_BYTES, &ddb->arena);
    }
    int saved = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    if (result == FILE_TOO_LARGE) {
        diag_add(&ddb->diags, DIAG_FILE_TOO_LARGE, source_span_file(source),
                 "the file is larger than %zu MiB", YAML_MAX_BYTES >> 20);
    } else if (result != FILE_OK) {
        (void)refuse_read(ddb, source,
                          result == FILE_ERRNO ? strerror(saved)
                                               : "it is not a regular file");
    }
    return good && result == FILE_OK;
}

// Where the lock lies, without links. What lies beside a definition may be a link, to a
// file of the project; the command line may name any. NULL: diagnosed.
static const char *find_real(struct ddb *ddb, const struct run_lock *file,
                             const struct source *source, const char *definition)
{
    struct followed followed;
    if (definition == NULL) {
        return resolve_named(ddb, file->path);
    }
    const char *root = project_root(file->folder, &ddb->arena);
    enum follow_result result =
        root == NULL
            ? FOLLOW_ERRNO
            : follow_inside(&followed, file->folder, root, LOCK_NAME, &ddb->arena);
    if (result == FOLLOW_OK || result == FOLLOW_ERRNO) {
        return root == NULL ? file->path : followed.real;
    }
    diag_add(&ddb->diags, DIAG_FILE_OUTSIDE, source_span_file(source),
             "the lock leads %s",
             result == FOLLOW_GIT ? "to git's own files" : "out of the project");
    return NULL;
}

static bool read_file(struct ddb *ddb, struct run_lock *file, const char *definition)
{
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    struct stat status;

    *source = (struct source){.name = file->shown, .fd = -1};
    const char *real =
        file->folder == NULL ? file->path : find_real(ddb, file, source, definition);
    if (real == NULL) {
        return false;
    }
    if (lstat(real, &status) != 0 && errno == ENOENT) {
        // A lock that was named and is not there: a slip, unless it will be made. A
        // link to nothing is none.
        bool may_lack =
            definition != NULL || (ddb->records_times && file->folder != NULL);
        if (!may_lack || lstat(file->path, &status) == 0) {
            return refuse_read(ddb, source, strerror(ENOENT));
        }
        file->path = project_relative(real, &ddb->arena);
        return true;
    }
    file->path = project_relative(real, &ddb->arena);
    if (!read_text(ddb, source, real, definition)) {
        return false;
    }
    file->source = source;
    return lock_read(&file->lock, source, &ddb->diags);
}

// The lock at path; each is opened once.
static struct run_lock *open_lock(struct ddb *ddb, const char *path,
                                  const char *definition)
{
    const char *folder =
        project_resolve(project_folder(path, &ddb->arena), &ddb->arena);

    if (definition == NULL && ddb->lock_count > 0) {
        return &ddb->locks[0]; // --lock names the only one
    }
    for (size_t i = 0; i < ddb->lock_count; i++) {
        const char *other = ddb->locks[i].folder;
        if (folder != NULL && other != NULL && strcmp(folder, other) == 0) {
            return &ddb->locks[i]; // all have one name
        }
    }
    struct run_lock *file = &ddb->locks[ddb->lock_count++];
    *file = (struct run_lock){
        .path = path,
        .shown = str_from(project_shorten(path, &ddb->arena)),
        .folder = folder,
    };
    lock_init(&file->lock, &ddb->arena);
    file->good = read_file(ddb, file, definition);
    return file;
}

static bool open_units(struct ddb *ddb)
{
    size_t count = ddb->compilation.unit_count;
    bool good = true;
    ddb->unit_locks = arena_array(&ddb->arena, count, sizeof *ddb->unit_locks);
    ddb->locks = arena_array(&ddb->arena, count, sizeof *ddb->locks);
    for (size_t i = 0; i < count; i++) {
        struct unit *unit = &ddb->compilation.units[i];
        const char *definition = unit->definition.source->name.at;
        const char *path = ddb->options.lock;
        if (path == NULL) {
            const char *folder = project_folder(definition, &ddb->arena);
            path = strcmp(folder, ".") == 0 && strchr(definition, '/') == NULL
                       ? LOCK_NAME
                       : arena_printf(&ddb->arena, "%s/" LOCK_NAME, folder).at;
        }
        struct unit_lock *own = &ddb->unit_locks[i];
        own->file = open_lock(ddb, path, ddb->options.lock != NULL ? NULL : definition);
        own->definition = locks_name(ddb, own->file, definition);
        good = good && own->file->good;
    }
    return good;
}

// ---- times

// The first lock of the run that knows the fixture says what `now` means in it.
static void pin_times(struct ddb *ddb)
{
    struct compilation *compilation = &ddb->compilation;

    for (size_t u = 0; u < compilation->unit_count; u++) {
        const struct unit *unit = &compilation->units[u];
        const struct run_lock *file = ddb->unit_locks[u].file;
        for (size_t i = 0; i < unit->fixture_count; i++) {
            struct fixture *fixture = unit->fixtures[i];
            const char *path = fixtures_path(fixture);
            if (fixture->now_pinned || path == NULL) {
                continue;
            }
            const instant_us *now = lock_find_time(&file->lock, locks_target(ddb),
                                                   locks_name(ddb, file, path));
            if (now != NULL) {
                fixture->now = *now;
                fixture->now_pinned = true;
            }
        }
    }
}

bool locks_open(struct ddb *ddb)
{
    bool good = open_units(ddb);
    bool known = ddb->options.locked;
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        ddb->compilation.fixtures[i]->now_pinned = ddb->options.now != NULL;
    }
    for (size_t i = 0; i < ddb->lock_count; i++) {
        known = known || ddb->locks[i].source != NULL;
    }
    if (good && known) { // without a lock check looks at no target
        good = connect_target(ddb);
        if (good) {
            pin_times(ddb);
        }
    }
    return good;
}

// The lock of the first unit that takes a fixture. There is one.
static const struct unit_lock *taker_of(struct ddb *ddb, const struct fixture *fixture)
{
    const struct compilation *compilation = &ddb->compilation;

    for (size_t u = 0; u < compilation->unit_count; u++) {
        for (size_t i = 0; i < compilation->units[u].fixture_count; i++) {
            if (compilation->units[u].fixtures[i] == fixture) {
                return &ddb->unit_locks[u];
            }
        }
    }
    return NULL;
}

static void refuse_time(struct ddb *ddb, const struct fixture *fixture,
                        const struct run_lock *file)
{
    struct diag *diag;

    if (file->source == NULL) {
        diag = diag_add(&ddb->diags, DIAG_LOCK_MISSING, fixture->relative_span,
                        "this time is relative, and there is no %.*s",
                        STR_ARG(file->shown));
    } else {
        diag =
            diag_add(&ddb->diags, DIAG_LOCK_MISSING, fixture->relative_span,
                     "this time is relative, and %.*s has none for it on target %s",
                     STR_ARG(file->shown), diag_quote(&ddb->diags, locks_target(ddb)));
    }
    diag_help(&ddb->diags, diag,
              "build or apply with --update-lock, or give --now TIME");
}

void locks_check_times(struct ddb *ddb)
{
    for (size_t i = 0; i < ddb->compilation.fixture_count; i++) {
        const struct fixture *fixture = ddb->compilation.fixtures[i];
        const char *path = fixtures_path(fixture);
        const struct unit_lock *taker = taker_of(ddb, fixture);
        if (!fixture->relative || fixture->now_pinned || taker == NULL ||
            !taker->file->good) {
            continue;
        }
        if (ddb->options.locked) {
            refuse_time(ddb, fixture, taker->file);
        } else if (!ddb->records_times || path == NULL ||
                   locks_name(ddb, taker->file, path).len == 0) {
            struct diag *diag = diag_add(
                &ddb->diags, DIAG_TIME_RELATIVE, fixture->relative_span,
                "this time is relative to the clock: every run makes other items");
            diag_help(&ddb->diags, diag,
                      "pin it with --now 2023-03-19T12:00:00Z; apply and --update-lock "
                      "record it in the lock");
        }
    }
}

// ---- users

static bool refuse_section(struct ddb *ddb, const struct unit *unit,
                           const struct run_lock *file)
{
    struct span span = source_span_file(unit->definition.source);
    struct diag *diag;

    if (file->source == NULL) {
        diag = diag_add(&ddb->diags, DIAG_LOCK_MISSING, span, "there is no %.*s",
                        STR_ARG(file->shown));
    } else {
        diag =
            diag_add(&ddb->diags, DIAG_LOCK_MISSING, span,
                     "%.*s has no handles for this definition on target %s",
                     STR_ARG(file->shown), diag_quote(&ddb->diags, locks_target(ddb)));
    }
    diag_help(&ddb->diags, diag, "%s",
              ddb->options.locked
                  ? "build or apply with --update-lock, where the source of handles "
                    "can be asked"
                  : "nobody is asked here: give --handles FILE, or build or apply "
                    "with --update-lock before");
    return false;
}

bool locks_answer(struct ddb *ddb, struct unit *unit, struct str query)
{
    const struct unit_lock *own = locks_of(ddb, unit);
    const struct run_lock *file = own->file;

    if (!file->good || unit->wanted.count == 0) {
        return file->good;
    }
    const struct lock_section *section =
        lock_find_section(&file->lock, locks_target(ddb), own->definition);
    if (section == NULL) {
        return refuse_section(ddb, unit, file);
    }
    if (section->key.kind == LOCK_POSTGRES && !str_eq(section->key.query, query)) {
        struct diag *diag = diag_add(
            &ddb->diags, DIAG_LOCK_MISSING, source_span_file(unit->definition.source),
            "the handles of %.*s were asked for with another query",
            STR_ARG(file->shown));
        diag_help(&ddb->diags, diag, "build or apply with --update-lock asks again");
        return false;
    }
    connect_say(ddb, "handles: from %.*s", STR_ARG(file->shown));
    return lock_answer(&unit->users, section, unit, true, file->shown, &ddb->diags);
}

bool locks_recall(struct ddb *ddb, struct unit *unit)
{
    const struct unit_lock *own = locks_of(ddb, unit);
    const struct run_lock *file = own->file;
    const struct lock_section *section =
        file->good && ddb->has_target
            ? lock_find_section(&file->lock, locks_target(ddb), own->definition)
            : NULL;
    bool all = section != NULL && lock_answer(&unit->users, section, unit, false,
                                              file->shown, &ddb->diags);

    for (size_t i = 0; all && i < unit->wanted.count; i++) {
        all = users_find(&unit->users, unit->wanted.entries[i].key) != NULL;
    }
    if (section != NULL && unit->wanted.count > 0) {
        connect_say(ddb, "handles: from %.*s", STR_ARG(file->shown));
    }
    return all;
}
