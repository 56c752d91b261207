// The sinks of `build` and `convert`. In: requests of tables and batches. Out: lines on
// a descriptor, lines in a file that appears whole, or a folder of requests
// (output_dir.c).
//
// Lines are gathered in a buffer and written some hundred KiB at a time. A reader that
// goes away (`| head`) ends the output without a word: nothing is wrong with it.
#include "output.h"

#include "buf.h"
#include "die.h"
#include "file.h"
#include "harmless.h"
#include "heap.h"
#include "leftover.h"
#include "output_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_BYTES ((size_t)512 * 1024)

struct output {
    struct diags *diags;
    struct output_dir *dir; // a folder; NULL for lines
    bool requests;
    bool is_private;
    bool shown_as_json; // lines of JSON, to a screen or into the log of a CI

    int fd;
    bool owns_fd;
    const struct stop *stop; // ends a wait for the reader
    bool closed;             // the reader went away, or it was stopped
    bool failed;             // and that was reported
    struct buf buf;
    const char *shown; // the file as the user wrote it; NULL for standard output
    const char *path;  // where the file will stand; NULL when it is written in place
    const char *temporary; // beside it, removed unless committed
};

static struct output *output_new(struct diags *diags)
{
    struct output *output = calloc(1, sizeof *output);

    if (output == NULL) {
        die("out of memory");
    }
    output->diags = diags;
    output->fd = -1;
    buf_init(&output->buf, SIZE_MAX);
    return output;
}

// False, with errno's reason.
static bool report(const struct output *output)
{
    diag_add(output->diags, DIAG_FILE_WRITE, (struct span){0}, "cannot write to %s: %s",
             output->shown == NULL ? "standard output"
                                   : diag_quote(output->diags, str_from(output->shown)),
             strerror(errno));
    return false;
}

struct output *output_lines_new(int fd, bool requests, const struct stop *stop,
                                struct diags *diags)
{
    struct output *output = output_new(diags);

    output->stop = stop;
    output->fd = fd;
    output->requests = requests;
    output->shown_as_json = true;
    return output;
}

// ---- a file

// The permissions of the file that is replaced, else those of a new one. umask can only
// be read by setting it.
static mode_t file_mode(const struct output *output)
{
    struct stat info;

    if (output->is_private) {
        return 0600;
    }
    if (stat(output->path, &info) == 0) {
        return info.st_mode & 0777;
    }
    mode_t mask = umask(077);
    (void)umask(mask);
    return 0666 & ~mask;
}

// A pipe or a device cannot be replaced: it is written to as it is.
static bool open_in_place(struct output *output)
{
    output->fd = open(output->shown, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    output->owns_fd = output->fd >= 0;
    // Whoever ends a wait for a pipe's reader knows why.
    return output->owns_fd || (errno != EINTR && report(output));
}

static bool open_beside(struct output *output, const char *path)
{
    struct arena *arena = output->diags->arena;
    const char *slash = strrchr(path, '/');
    struct str pattern = arena_printf(
        arena, "%.*s.ddbgen-XXXXXX", slash == NULL ? 0 : (int)(slash - path + 1), path);
    char *temporary = arena_alloc(arena, pattern.len + 1);

    memcpy(temporary, pattern.at, pattern.len);
    output->fd = mkostemp(temporary, O_CLOEXEC);
    if (output->fd < 0) {
        return report(output);
    }
    output->owns_fd = true;
    output->temporary = temporary;
    leftover_add(temporary);
    output->path = path;
    return true;
}

static bool is_in_place(const struct stat *info)
{
    return !S_ISREG(info->st_mode) && !S_ISDIR(info->st_mode);
}

static bool open_file(struct output *output)
{
    struct stat info;

    if (lstat(output->shown, &info) != 0) {
        if (errno != ENOENT) {
            return report(output);
        }
        return open_beside(output, output->shown);
    }
    // A link stays one: what it leads to is replaced. That of a descriptor
    // (/dev/stdout,
    // >(...)) leads to nothing that has a path.
    if (stat(output->shown, &info) == 0 && is_in_place(&info)) {
        return open_in_place(output);
    }
    char *resolved = heap_realpath(output->shown);
    if (resolved == NULL) {
        return report(output);
    }
    struct str path = arena_str(output->diags->arena, str_from(resolved));
    free(resolved);
    if (stat(path.at, &info) != 0) {
        return report(output);
    }
    if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return report(output);
    }
    return open_beside(output, path.at);
}

struct output *output_file_new(const char *path, bool requests, const struct stop *stop,
                               struct diags *diags)
{
    struct output *output = output_new(diags);

    output->stop = stop;
    output->requests = requests;
    output->shown = arena_str(diags->arena, str_from(path)).at;
    if (!open_file(output)) {
        output_free(output);
        return NULL;
    }
    return output;
}

struct output *output_private_new(const char *path, const struct stop *stop,
                                  struct diags *diags)
{
    struct output *output = output_file_new(path, false, stop, diags);

    if (output != NULL) {
        output->is_private = true;
    }
    return output;
}

static bool commit_file(struct output *output)
{
    if (fchmod(output->fd, file_mode(output)) != 0 || fsync(output->fd) != 0) {
        return report(output);
    }
    bool closed = close(output->fd) == 0;
    output->owns_fd = false;
    if (!closed || rename(output->temporary, output->path) != 0) {
        return report(output);
    }
    leftover_drop(output->temporary);
    output->temporary = NULL;
    return true;
}

// ---- a folder

struct output *output_dir_new(const char *path, bool per_table, struct diags *diags)
{
    struct output *output = output_new(diags);

    output->requests = true;
    output->dir = output_dir_open(path, per_table, diags);
    if (output->dir == NULL) {
        output_free(output);
        return NULL;
    }
    return output;
}

// ---- lines

// Lines of ours begin with a brace: only marks within them could be a command.
static bool write_json(struct output *output)
{
    struct buf harmless;

    buf_init(&harmless, SIZE_MAX);
    harmless_put(&harmless, buf_str(&output->buf), true);
    bool written = file_write_until(output->fd, buf_str(&harmless), output->stop);
    int saved = errno;
    buf_deinit(&harmless);
    errno = saved;
    return written;
}

static bool flush(struct output *output)
{
    if (output->closed || output->failed) {
        return false;
    }
    struct str text = buf_str(&output->buf);
    bool written = output->shown_as_json && harmless_is_needed(text, true)
                       ? write_json(output)
                       : file_write_until(output->fd, text, output->stop);
    buf_reset(&output->buf);
    if (!written && (errno == EPIPE || (errno == EINTR && output->stop != NULL))) {
        output->closed = true;
        return false;
    }
    output->failed = !written;
    return written || report(output);
}

static void put_items(struct buf *buf, const struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        batch_write_item(buf, batch, i);
        buf_char(buf, '\n');
    }
}

static void put_request(struct buf *buf, const struct batch *batch)
{
    buf_put(buf, STR("{\"BatchWriteItem\":"));
    batch_write_request(buf, batch, batch_all(batch));
    buf_put(buf, STR("}\n"));
}

static bool take(void *context, struct batch *batch)
{
    struct output *output = context;
    bool good = true;

    if (batch->count > 0) {
        if (output->dir != NULL) {
            good = output_dir_write_batch(output->dir, batch);
        } else {
            if (output->requests) {
                put_request(&output->buf, batch);
            } else {
                put_items(&output->buf, batch);
            }
            good = output->buf.len < FLUSH_BYTES || flush(output);
        }
    }
    batch_reset(batch);
    return good;
}

struct batch_sink output_sink(struct output *output)
{
    return (struct batch_sink){.take = take, .context = output};
}

bool output_request(struct output *output, struct str table_name, const char *operation,
                    struct str body)
{
    if (output->dir != NULL) {
        return output_dir_write_request(output->dir, table_name, operation, body);
    }
    if (output->requests) {
        buf_printf(&output->buf, "{\"%s\":", operation);
        buf_put(&output->buf, body);
        buf_put(&output->buf, STR("}\n"));
    }
    return output->buf.len < FLUSH_BYTES || flush(output);
}

bool output_text(struct output *output, struct str text)
{
    output->shown_as_json = false; // nothing else means the same there
    buf_put(&output->buf, text);
    return output->buf.len < FLUSH_BYTES || flush(output);
}

bool output_commit(struct output *output)
{
    if (output->dir != NULL) {
        return output_dir_commit(output->dir);
    }
    if (!flush(output)) {
        return output->closed;
    }
    return output->temporary == NULL || commit_file(output);
}

void output_free(struct output *output)
{
    if (output == NULL) {
        return;
    }
    if (output->dir != NULL) {
        output_dir_close(output->dir);
    }
    if (output->owns_fd) {
        (void)close(output->fd);
    }
    if (output->temporary != NULL) {
        (void)unlink(output->temporary);
        leftover_drop(output->temporary);
    }
    buf_deinit(&output->buf);
    free(output);
}
