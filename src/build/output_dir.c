// A folder of request files. In: requests of tables and batches. Out:
// DIR/create-table.json, DIR/batch-write-item-NNNNNN.json and the like
// (output_names.c), or the same in DIR/TABLE/.
//
// Everything is written to a temporary folder beside DIR; the commit exchanges the two
// and removes the former one, file by file: only files whose names a build gives are
// ever removed, and a folder that holds anything else is refused before and at the
// commit. A DIR that is a symbolic link stays one: the folder that it leads to is
// replaced.
#include "output_dir.h"

#include "buf.h"
#include "die.h"
#include "file.h"
#include "folder.h"
#include "heap.h"
#include "leftover.h"
#include "output_names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLE_NAME_MAX 255 // A001
#define REPLACED_MAX 100   // times in a row that others replace a folder

struct output_table {
    struct str name;
    uint64_t counts[OUTPUT_KINDS]; // of its files
};

struct output_dir {
    struct diags *diags;
    struct arena *arena;   // the diagnostics'
    const char *shown;     // DIR as the user wrote it
    const char *path;      // absolute, links resolved
    const char *temporary; // beside it
    int fd;                // of the temporary folder
    bool exists;
    bool per_table;
    bool committed;
    struct output_table *tables;
    size_t table_count;
    size_t table_cap;
    struct buf buf;
};

// ---- what is ours

struct inspection {
    struct arena *arena;
    const char *table;  // while inside of its folder, else NULL
    size_t files;       // in the current folder
    struct str foreign; // the first entry that no build writes
};

static bool inspect_entry(void *context, int dir_fd, const struct folder_entry *entry)
{
    struct inspection *inspection = context;

    if (entry->is_file && output_name_is_request(entry->name)) {
        inspection->files++;
        return true;
    }
    if (entry->is_dir && inspection->table == NULL &&
        output_name_is_table(entry->name)) {
        struct inspection within = {.arena = inspection->arena, .table = entry->name};
        if (folder_walk(dir_fd, entry->name, inspect_entry, &within) == FOLDER_DONE &&
            within.files > 0) {
            return true;
        }
        inspection->foreign = within.foreign;
    }
    if (inspection->foreign.len == 0) {
        inspection->foreign =
            arena_printf(inspection->arena, "%s%s%s",
                         inspection->table != NULL ? inspection->table : "",
                         inspection->table != NULL ? "/" : "", entry->name);
    }
    return false;
}

static bool report_errno(const struct output_dir *dir, const char *doing)
{
    diag_add(dir->diags, DIAG_FILE_WRITE, (struct span){0}, "cannot %s %s: %s", doing,
             diag_quote(dir->diags, str_from(dir->shown)), strerror(errno));
    return false;
}

// Which folder stands there.
static bool is_same_folder(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

// Walks what stands there. A run that replaces the folder meanwhile removes the one that
// is being walked: then the new one is.
static enum folder_walk inspect(struct inspection *inspection,
                                const struct output_dir *dir)
{
    enum folder_walk result = FOLDER_ERRNO;
    struct stat before;
    struct stat after;
    bool replaced = true;
    for (unsigned tries = 0; replaced && tries < REPLACED_MAX; tries++) {
        *inspection = (struct inspection){.arena = dir->arena};
        if (stat(dir->path, &before) != 0) {
            return FOLDER_ERRNO;
        }
        result = folder_walk(AT_FDCWD, dir->path, inspect_entry, inspection);
        int saved = errno;
        replaced = result != FOLDER_DONE && stat(dir->path, &after) == 0 &&
                   !is_same_folder(&before, &after);
        errno = saved;
    }
    return result;
}

// Refuses a folder with anything that a former build did not write.
static bool check_ours(const struct output_dir *dir)
{
    struct inspection inspection;

    switch (inspect(&inspection, dir)) {
    case FOLDER_DONE:
        return true;
    case FOLDER_ERRNO:
        return report_errno(dir, "look into");
    case FOLDER_STOPPED:
    default:
        break;
    }
    struct diag *diag = diag_add(dir->diags, DIAG_OUTPUT_FOREIGN, (struct span){0},
                                 "%s holds something that no build wrote: %s",
                                 diag_quote(dir->diags, str_from(dir->shown)),
                                 diag_quote(dir->diags, inspection.foreign));
    diag_help(dir->diags, diag,
              "the folder is replaced whole: name a new or empty one");
    return false;
}

// ---- removing

static bool remove_entry(void *context, int dir_fd, const struct folder_entry *entry)
{
    bool *within = context;
    if (entry->is_file && output_name_is_request(entry->name)) {
        (void)unlinkat(dir_fd, entry->name, 0);
    } else if (entry->is_dir && !*within && output_name_is_table(entry->name)) {
        bool inner = true;
        (void)folder_walk(dir_fd, entry->name, remove_entry, &inner);
        (void)unlinkat(dir_fd, entry->name, AT_REMOVEDIR);
    }
    return true;
}

// Removes a folder of our files. Anything else stays, and the folder with it: false.
static bool remove_folder(const char *path)
{
    bool within = false;
    (void)folder_walk(AT_FDCWD, path, remove_entry, &within);
    return rmdir(path) == 0;
}

// ---- opening

static bool refuse(const struct output_dir *dir, const char *why)
{
    diag_add(dir->diags, DIAG_OUTPUT_FOREIGN, (struct span){0},
             "%s cannot be the output folder: %s",
             diag_quote(dir->diags, str_from(dir->shown)), why);
    return false;
}

// The current folder lies in path, or is it: replacing would pull it away from under
// the shell.
static bool holds_current_folder(const char *path)
{
    char *current = heap_realpath(".");
    size_t len = strlen(path);
    bool holds = current != NULL && strncmp(current, path, len) == 0 &&
                 (current[len] == '\0' || current[len] == '/' || len == 1);
    free(current);
    return holds;
}

static struct str resolve(const char *path, struct arena *arena)
{
    char *resolved = heap_realpath(path);
    struct str copy =
        resolved == NULL ? (struct str){0} : arena_str(arena, str_from(resolved));

    free(resolved);
    return copy;
}

// Sets path and exists from what the user wrote.
static bool locate(struct output_dir *dir)
{
    struct stat info;
    struct str given = str_from(dir->shown);

    while (given.len > 1 && given.at[given.len - 1] == '/') {
        given.len--;
    }
    given = arena_str(dir->arena, given);
    if (given.len == 0) {
        return refuse(dir, "it has no name");
    }
    if (lstat(given.at, &info) == 0) {
        struct str path = resolve(given.at, dir->arena);
        if (path.len == 0 || stat(path.at, &info) != 0) {
            return report_errno(dir, "follow");
        }
        dir->path = path.at;
        dir->exists = true;
        if (!S_ISDIR(info.st_mode)) {
            return refuse(dir, "it is no folder");
        }
        return !holds_current_folder(dir->path) ||
               refuse(dir, "the current folder lies in it");
    }
    if (errno != ENOENT) {
        return report_errno(dir, "look at");
    }
    const char *slash = strrchr(given.at, '/');
    const char *name = slash == NULL ? given.at : slash + 1;
    struct str parent =
        slash == NULL
            ? resolve(".", dir->arena)
            : resolve(arena_str(dir->arena, str_slice(given.at, name)).at, dir->arena);
    if (parent.len == 0) {
        return report_errno(dir, "create");
    }
    dir->path = arena_printf(dir->arena, "%.*s/%s", STR_ARG(parent), name).at;
    return true;
}

// The mode of a new folder, or of the one that is replaced. umask can only be read by
// setting it.
static mode_t folder_mode(const struct output_dir *dir)
{
    struct stat info;

    if (dir->exists && stat(dir->path, &info) == 0) {
        return info.st_mode & 07777;
    }
    mode_t mask = umask(077);
    (void)umask(mask);
    return 0777 & ~mask;
}

static bool make_temporary(struct output_dir *dir)
{
    const char *slash = strrchr(dir->path, '/');
    struct str pattern = arena_printf(dir->arena, "%.*s/.ddbgen-XXXXXX",
                                      (int)(slash - dir->path), dir->path);
    char *name = arena_alloc(dir->arena, pattern.len + 1);

    memcpy(name, pattern.at, pattern.len);
    if (mkdtemp(name) == NULL) {
        return report_errno(dir, "create");
    }
    dir->temporary = name;
    leftover_add(name);
    dir->fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return dir->fd >= 0 || report_errno(dir, "create");
}

struct output_dir *output_dir_open(const char *path, bool per_table,
                                   struct diags *diags)
{
    struct output_dir *dir = calloc(1, sizeof *dir);

    if (dir == NULL) {
        die("out of memory");
    }
    *dir = (struct output_dir){.diags = diags,
                               .arena = diags->arena,
                               .shown = arena_str(diags->arena, str_from(path)).at,
                               .fd = -1,
                               .per_table = per_table};
    buf_init(&dir->buf, SIZE_MAX);
    if (!locate(dir) || (dir->exists && !check_ours(dir)) || !make_temporary(dir)) {
        output_dir_close(dir);
        return NULL;
    }
    return dir;
}

// ---- writing

// The table's record; its folder is made with it.
static struct output_table *find_table(struct output_dir *dir, struct str name)
{
    for (size_t i = dir->table_count; i > 0;
         i--) { // batches of a table follow each other
        if (str_eq(dir->tables[i - 1].name, name)) {
            return &dir->tables[i - 1];
        }
    }
    struct str copy = arena_str(dir->arena, name);
    if (dir->per_table) {
        if (!output_name_is_table(copy.at)) {
            die("output_dir: not a table's name");
        }
        if (mkdirat(dir->fd, copy.at, 0777) != 0) {
            (void)report_errno(dir, "write to");
            return NULL;
        }
    }
    dir->tables =
        arena_grow(dir->arena, dir->tables, dir->table_count, dir->table_count + 1,
                   &dir->table_cap, sizeof *dir->tables);
    dir->tables[dir->table_count] = (struct output_table){.name = copy};
    return &dir->tables[dir->table_count++];
}

static bool write_file(struct output_dir *dir, struct output_table *table,
                       const char *operation, struct str text)
{
    char name[OUTPUT_NAME_MAX];
    char path[TABLE_NAME_MAX + 1 + OUTPUT_NAME_MAX];
    size_t kind = output_name_kind(operation);
    output_name_write(name, kind, ++table->counts[kind]);
    (void)snprintf(path, sizeof path, "%.*s%s%s",
                   dir->per_table ? str_int_len(table->name) : 0, table->name.at,
                   dir->per_table ? "/" : "", name);
    int fd = openat(dir->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    0666);
    if (fd < 0) {
        return report_errno(dir, "write to");
    }
    bool written = file_write_all(fd, text);
    int saved = errno;
    bool closed = close(fd) == 0;
    if (!written) {
        errno = saved;
    }
    return (written && closed) || report_errno(dir, "write to");
}

bool output_dir_write_request(struct output_dir *dir, struct str table_name,
                              const char *operation, struct str body)
{
    struct output_table *table = find_table(dir, table_name);

    if (table == NULL) {
        return false;
    }
    buf_reset(&dir->buf);
    buf_put(&dir->buf, body);
    buf_char(&dir->buf, '\n');
    return write_file(dir, table, operation, buf_str(&dir->buf));
}

bool output_dir_write_batch(struct output_dir *dir, const struct batch *batch)
{
    struct output_table *table = find_table(dir, batch->table_name);

    if (table == NULL) {
        return false;
    }
    buf_reset(&dir->buf);
    batch_write_request(&dir->buf, batch, batch_all(batch));
    buf_char(&dir->buf, '\n');
    return write_file(dir, table, "BatchWriteItem", buf_str(&dir->buf));
}

// ---- committing

// Whether renameat2 failed because this file system has no such flag.
static bool lacks_flag(void)
{
    return errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
}

// The two folders change places. Without RENAME_EXCHANGE there is a moment without DIR.
static bool exchange(const struct output_dir *dir)
{
    if (renameat2(AT_FDCWD, dir->temporary, AT_FDCWD, dir->path, RENAME_EXCHANGE) ==
        0) {
        return true;
    }
    if (!lacks_flag()) {
        return false;
    }
    struct str aside = arena_printf(dir->arena, "%s-old", dir->temporary);
    if (rename(dir->path, aside.at) != 0) {
        return false;
    }
    if (rename(dir->temporary, dir->path) != 0) {
        int saved = errno;
        (void)rename(aside.at, dir->path);
        errno = saved;
        return false;
    }
    (void)rename(aside.at,
                 dir->temporary); // what is left over is reported by its removal
    return true;
}

// DIR did not exist: what appeared there in the meantime is not replaced. (A plain
// rename takes an empty folder's place at most.)
static bool put_in_place(const struct output_dir *dir)
{
    if (renameat2(AT_FDCWD, dir->temporary, AT_FDCWD, dir->path, RENAME_NOREPLACE) ==
        0) {
        return true;
    }
    return lacks_flag() && rename(dir->temporary, dir->path) == 0;
}

bool output_dir_commit(struct output_dir *dir)
{
    if (fchmod(dir->fd, folder_mode(dir)) != 0) {
        return report_errno(dir, "write to");
    }
    if (!dir->exists) {
        dir->committed = put_in_place(dir);
        return dir->committed || report_errno(dir, "create");
    }
    if (!check_ours(dir)) {
        return false;
    }
    leftover_drop(dir->temporary); // what has this name now is not only ours
    dir->committed = exchange(dir);
    if (!dir->committed) {
        return report_errno(dir, "replace");
    }
    // Now the former folder has the temporary one's name.
    if (!remove_folder(dir->temporary)) {
        diag_add(
            dir->diags, DIAG_FILE_WRITE, (struct span){0},
            "%s is replaced, but its former contents could not be removed from %s: %s",
            diag_quote(dir->diags, str_from(dir->shown)),
            diag_quote(dir->diags, str_from(dir->temporary)), strerror(errno));
    }
    return true;
}

void output_dir_close(struct output_dir *dir)
{
    if (dir->fd >= 0) {
        (void)close(dir->fd);
    }
    if (dir->temporary != NULL && !dir->committed) {
        (void)remove_folder(dir->temporary);
    }
    leftover_drop(dir->temporary);
    buf_deinit(&dir->buf);
    free(dir);
}
