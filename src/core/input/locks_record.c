// Locks compared and written. In: what sources of handles said, what `now` meant. Out:
// diagnostics where that is not what the lock has, and the lock, whole or not at all.
//
// A lock is written after everything was verified and before anything is changed: what
// an apply that breaks off has put is what the next one puts.
#include "await.h"
#include "connect.h"
#include "directory.h"
#include "file.h"
#include "fixtures.h"
#include "instant.h"
#include "locks.h"
#include "output.h"
#include "run.h"
#include "utf8.h"
#include "yaml_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

// How long a run waits for another one that is replacing the lock, and how often it
// looks.
#define HOLD_WAIT_MS 5000u
#define HOLD_PAUSE_NS 20000000L

// How many differences are shown one by one.
#define DRIFT_SHOWN 10

// ---- what differs

struct drift {
    struct ddb *ddb;
    const struct run_lock *file;
    enum diag_code code;
    size_t count;
};

static const char *quote_field(struct ddb *ddb, const struct user_field *field)
{
    return field->null ? "NULL" : diag_quote(&ddb->diags, field->text);
}

static bool same_field(const struct user_field *a, const struct user_field *b)
{
    return a->null == b->null && (a->null || str_eq(a->text, b->text));
}

static void compare_field(struct drift *drift, const struct wanted_handle *wanted,
                          struct str column, const struct user_field *now,
                          const struct user_field *then)
{
    struct ddb *ddb = drift->ddb;

    if (same_field(now, then) || drift->count++ >= DRIFT_SHOWN) {
        return;
    }
    struct diag *diag = diag_add(
        &ddb->diags, drift->code, wanted->span,
        "column %s of handle %s is %s, and %s in %.*s", diag_quote(&ddb->diags, column),
        diag_quote(&ddb->diags, wanted->handle), quote_field(ddb, now),
        quote_field(ddb, then), STR_ARG(drift->file->shown));
    if (!ddb->options.update_lock) {
        diag_help(&ddb->diags, diag, "--update-lock records it");
    }
}

// Columns that are in both. One that is gone is an error where it is read.
static void compare_users(struct drift *drift, const struct unit *unit,
                          const struct lock_section *section)
{
    const struct users *users = &unit->users;

    for (size_t i = 0; i < unit->wanted.count; i++) {
        const struct wanted_handle *wanted = unit->wanted.entries[i].value;
        const struct user *now = users_find(users, wanted->handle);
        const struct lock_user *then = map_find(&section->users, wanted->handle);
        for (size_t c = 0; now != NULL && then != NULL && c < then->count; c++) {
            size_t column = users_find_column(users, then->columns[c]);
            if (column < users->column_count) {
                compare_field(drift, wanted, then->columns[c], &now->fields[column],
                              &then->fields[c]);
            }
        }
    }
}

// The users as they were when the lock was written.
static const struct users *recall_former(struct ddb *ddb, const struct unit *unit,
                                         const struct lock_section *section)
{
    const struct users *now = &unit->users;
    struct users *former = arena_alloc(&ddb->arena, sizeof *former);
    struct user_field fields[USERS_MAX_COLUMNS];

    users_init(former, &ddb->arena);
    former->column_count = now->column_count;
    memcpy(former->columns, now->columns, sizeof now->columns);
    for (size_t i = 0; i < unit->wanted.count; i++) {
        const struct wanted_handle *wanted = unit->wanted.entries[i].value;
        const struct user *user = users_find(now, wanted->handle);
        const struct lock_user *then = map_find(&section->users, wanted->handle);
        if (user == NULL) {
            continue;
        }
        memcpy(fields, user->fields, now->column_count * sizeof *fields);
        for (size_t c = 0; then != NULL && c < then->count; c++) {
            size_t column = users_find_column(now, then->columns[c]);
            if (column < now->column_count && !then->fields[c].null) {
                fields[column] = then->fields[c];
            }
        }
        (void)users_add(former, wanted->handle, fields); // handles are distinct
    }
    return former;
}

static void compare(struct ddb *ddb, struct unit *unit, const struct unit_lock *own)
{
    const struct lock_section *section =
        own->file->good && ddb->has_target
            ? lock_find_section(&own->file->lock, locks_target(ddb), own->definition)
            : NULL;
    bool mild = ddb->target.loopback || ddb->options.update_lock;
    struct drift drift = {
        .ddb = ddb,
        .file = own->file,
        .code = mild ? DIAG_LOCK_DRIFT_LOCAL : DIAG_LOCK_DRIFT,
    };

    if (section == NULL) {
        return;
    }
    compare_users(&drift, unit, section);
    if (drift.count > 0) {
        unit->former = recall_former(ddb, unit, section);
    }
    if (drift.count > DRIFT_SHOWN) {
        diag_add(&ddb->diags, drift.code, source_span_file(own->file->source),
                 "%zu more value%s of handles differ%s", drift.count - DRIFT_SHOWN,
                 drift.count - DRIFT_SHOWN == 1 ? "" : "s",
                 drift.count - DRIFT_SHOWN == 1 ? "s" : "");
    }
}

void locks_note(struct ddb *ddb, struct unit *unit, enum lock_source kind,
                struct str source, struct str query)
{
    struct unit_lock *own = locks_of(ddb, unit);

    own->answered = true;
    own->key = (struct lock_key){.kind = kind, .source = source, .query = query};
    // With --handles somebody else is asked on purpose.
    if (ddb->options.handles == NULL) {
        compare(ddb, unit, own);
    }
}

// ---- recording

static bool refuse_name(struct ddb *ddb, const struct run_lock *file, struct span span,
                        const char *what)
{
    diag_add(&ddb->diags, DIAG_LOCK, span, "%s is not UTF-8: %.*s cannot hold it", what,
             STR_ARG(file->shown));
    return false;
}

static bool record_users(struct ddb *ddb, const struct unit *unit)
{
    struct unit_lock *own = locks_of(ddb, unit);
    struct run_lock *file = own->file;
    struct lock_key key = own->key;
    struct column_read reads[USERS_MAX_COLUMNS];
    size_t read_count = unit_columns(reads, unit);

    if (!own->answered || unit->wanted.count == 0) {
        return true;
    }
    struct span span = source_span_file(unit->definition.source);
    key.target = locks_target(ddb);
    if (key.kind == LOCK_FILE && !str_is(key.source, SOURCE_STDIN)) {
        key.source = locks_name(ddb, file, key.source.at);
    }
    if (own->definition.len == 0) {
        return refuse_name(ddb, file, span, "the path of this definition");
    }
    if (key.source.len == 0 || utf8_check(key.source) < key.source.len) {
        return refuse_name(ddb, file, span, "the name of its source of handles");
    }
    struct lock_section *section = lock_claim(&file->lock, &key, own->definition);
    file->changed = true;
    for (size_t i = 0; i < unit->wanted.count; i++) {
        const struct user *user = users_find(&unit->users, unit->wanted.entries[i].key);
        if (user != NULL) {
            lock_set_user(&file->lock, section, &unit->users, user, reads, read_count);
        }
    }
    return true;
}

// --update-lock renews what is there; apply alone adds what came from the clock.
static bool is_recorded(const struct ddb *ddb, const instant_us *known)
{
    return ddb->options.update_lock || (known == NULL && ddb->options.now == NULL);
}

static void record_times(struct ddb *ddb, const struct unit *unit)
{
    struct run_lock *file = locks_of(ddb, unit)->file;
    struct str target = locks_target(ddb);

    for (size_t i = 0; i < unit->fixture_count; i++) {
        const struct fixture *fixture = unit->fixtures[i];
        const char *path = fixtures_path(fixture);
        struct str name = fixture->relative && path != NULL
                              ? locks_name(ddb, file, path)
                              : (struct str){0};
        if (name.len > 0 &&
            is_recorded(ddb, lock_find_time(&file->lock, target, name))) {
            lock_set_time(&file->lock, target, name, fixture->now);
            file->changed = true;
        }
    }
}

static bool refuse_changed(struct ddb *ddb, const struct run_lock *file,
                           const char *what)
{
    struct source *source = arena_alloc(&ddb->arena, sizeof *source);
    *source = (struct source){.name = file->shown, .fd = -1};
    struct diag *diag =
        diag_add(&ddb->diags, DIAG_FILE_CHANGED, source_span_file(source), "%s", what);
    diag_help(&ddb->diags, diag, "run it again: nothing was recorded by this one");
    return false;
}

// One run at a time checks and replaces a lock: the one that holds its folder. Nothing
// is left behind by that, and it ends with the process, however that ends. *fd is -1
// where a file system knows no such thing: then only the check remains. False:
// diagnosed, or interrupted.
static bool hold_folder(int *fd, struct ddb *ddb, const struct run_lock *file)
{
    struct wait_limits limits = {clock_monotonic_ms() + HOLD_WAIT_MS,
                                 ddb->options.stop};
    bool held = false;
    enum waited waited = WAITED_READY;

    *fd = file->folder != NULL ? open(file->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                               : -1;
    if (*fd >= 0) {
        waited = wait_for_lock(&held, *fd, &limits);
    }
    if (*fd >= 0 && !(held && waited == WAITED_READY)) {
        (void)close(*fd);
        *fd = -1;
    }
    ddb->interrupted = ddb->interrupted || waited == WAITED_INTERRUPTED;
    return waited == WAITED_TOO_LONG
               ? refuse_changed(ddb, file, "another run is writing the lock")
               : waited == WAITED_READY;
}

// Another run may have written the lock since it was read.
static bool check_unchanged(struct ddb *ddb, const struct run_lock *file)
{
    struct str text = {0};
    enum file_result result = file_read(&text, file->path, YAML_MAX_BYTES, &ddb->arena);
    bool same = file->source != NULL
                    ? result == FILE_OK && str_eq(text, file->source->text)
                    : result == FILE_ERRNO && errno == ENOENT;

    return same || refuse_changed(ddb, file, "the lock changed since it was read");
}

// Whole or not at all.
static bool replace(struct ddb *ddb, const struct run_lock *file, struct str text)
{
    if (!check_unchanged(ddb, file)) {
        return false;
    }
    struct output *output = output_file_new(file->path, false, NULL, &ddb->diags);
    if (output == NULL) {
        return false;
    }
    bool written = output_text(output, text) && output_commit(output);
    output_free(output);
    if (written) {
        connect_say(ddb, "lock: %.*s %s", STR_ARG(file->shown),
                    file->source != NULL ? "updated" : "written");
    }
    return written;
}

static bool write_text(struct ddb *ddb, const struct run_lock *file, struct str text)
{
    int fd = -1;
    if (!hold_folder(&fd, ddb, file)) {
        return false;
    }
    bool replaced = replace(ddb, file, text);
    if (fd >= 0) {
        (void)close(fd); // which lets go of it
    }
    return replaced;
}

static bool write_lock(struct ddb *ddb, struct run_lock *file)
{
    struct buf out;
    bool good = true;

    if (!file->changed) {
        return true;
    }
    buf_init(&out, YAML_MAX_BYTES);
    lock_write(&out, &file->lock);
    if (out.overflowed) {
        diag_add(&ddb->diags, DIAG_FILE_TOO_LARGE, (struct span){0},
                 "%.*s would be larger than %zu MiB", STR_ARG(file->shown),
                 YAML_MAX_BYTES >> 20);
        good = false;
    } else if (file->source == NULL || !str_eq(buf_str(&out), file->source->text)) {
        good = write_text(ddb, file, buf_str(&out));
    }
    buf_deinit(&out);
    return good;
}

bool locks_record(struct ddb *ddb)
{
    const struct compilation *compilation = &ddb->compilation;
    bool good = true;

    if (!ddb->records_times || ddb->options.locked) {
        return true;
    }
    if (!connect_target(ddb)) {
        return false;
    }
    for (size_t u = 0; u < compilation->unit_count; u++) {
        const struct unit *unit = &compilation->units[u];
        good = (!ddb->options.update_lock || record_users(ddb, unit)) && good;
        record_times(ddb, unit);
    }
    for (size_t i = 0; good && i < ddb->lock_count; i++) {
        good = write_lock(ddb, &ddb->locks[i]);
    }
    return good;
}
