// A commit to files. In: its tree, as git lists it, and its blobs, as git has them
// (`cat-file --batch`: nothing is filtered, converted or checked out). Out: folders,
// files and links.
//
// Both answers go into files of the temporary folder, under a limit: a tree that holds
// itself ten times over, ten levels deep, ends there.
#include "git_files.h"

#include "buf.h"
#include "file.h"
#include "stop.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX ((size_t)64 << 20)
#define LINK_MAX_BYTES ((uint64_t)4095)
#define HEAD_MAX 128

struct writer {
    const struct git *git;
    const char *files;
    FILE *blobs;
};

static bool refuse_errno(const struct writer *writer)
{
    diag_add(writer->git->diags, DIAG_FILE_WRITE, (struct span){0},
             "cannot write to a temporary folder: %s", strerror(errno));
    return false;
}

// ---- files

// Into *name what is to be made, in the folder that is returned; -1: errno.
static int folder_of(const struct writer *writer, const char **name,
                     const struct git_entry *entry)
{
    const char *path =
        arena_printf(writer->git->arena, "%s/%s", writer->files, entry->path).at;
    return file_open_folder_of(name, path);
}

static bool copy(const struct writer *writer, int fd, uint64_t size)
{
    char block[65536];
    while (size > 0) {
        size_t len = size < sizeof block ? (size_t)size : sizeof block;
        if (fread(block, 1, len, writer->blobs) != len ||
            !file_write_all(fd, (struct str){block, len})) {
            return false;
        }
        size -= len;
    }
    return true;
}

// "ID blob SIZE\n"; the blob, and a line feed behind it, follow.
static bool read_head(const struct writer *writer, const struct git_entry *entry)
{
    char head[HEAD_MAX];
    char expected[HEAD_MAX];
    (void)snprintf(expected, sizeof expected, "%s blob %" PRIu64 "\n", entry->id,
                   entry->size);
    return fgets(head, sizeof head, writer->blobs) != NULL &&
           strcmp(head, expected) == 0;
}

static bool make_file(const struct writer *writer, int folder, const char *name,
                      const struct git_entry *entry)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    entry->kind == 'x' ? 0700 : 0600);
    bool fine = fd >= 0 && copy(writer, fd, entry->size);
    return (fd < 0 || close(fd) == 0) && fine;
}

static bool make_link(const struct writer *writer, int folder, const char *name,
                      const struct git_entry *entry)
{
    char target[LINK_MAX_BYTES + 1] = "";
    size_t len = (size_t)entry->size;
    if (entry->size > LINK_MAX_BYTES || fread(target, 1, len, writer->blobs) != len ||
        strlen(target) != len) {
        errno = ENAMETOOLONG;
        return false;
    }
    return symlinkat(target, folder, name) == 0;
}

static bool make_entry(const struct writer *writer, const struct git_entry *entry)
{
    const char *name = NULL;
    int folder = folder_of(writer, &name, entry);
    bool made = folder >= 0;
    if (made && entry->kind == 'd') {
        made = mkdirat(folder, name, 0700) == 0;
    } else if (made) {
        made = read_head(writer, entry) &&
               (entry->kind == 'l' ? make_link(writer, folder, name, entry)
                                   : make_file(writer, folder, name, entry)) &&
               fgetc(writer->blobs) == '\n';
    }
    int saved = errno;
    if (folder >= 0) {
        (void)close(folder);
    }
    return made ||
           git_list_refuse(writer->git, entry->path,
                           saved == EEXIST ? "is there twice"
                                           : "cannot be written to a temporary folder");
}

bool git_files_make(const char *files, const struct git_list *list, FILE *blobs,
                    const struct git *git)
{
    struct writer writer = {git, files, blobs};
    for (size_t i = 0; i < list->count; i++) {
        if (stop_is_set(git->stop) || !make_entry(&writer, &list->entries[i])) {
            return false;
        }
    }
    return true;
}

// ---- both

// An empty file of ours. -1: errno.
static int scratch(const struct writer *writer, const char *folder, const char *name)
{
    const char *path = arena_printf(writer->git->arena, "%s/%s", folder, name).at;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        (void)refuse_errno(writer);
    }
    return fd;
}

static bool read_list(struct git_list *out, const struct writer *writer, int fd)
{
    struct str text;
    if (lseek(fd, 0, SEEK_SET) != 0 ||
        file_read_fd(&text, fd, LIST_MAX, writer->git->arena) != FILE_OK) {
        return refuse_errno(writer);
    }
    return git_list_read(out, text, writer->git);
}

static bool list_tree(struct git_list *out, const struct writer *writer, int fd,
                      const char *commit)
{
    const char *const arguments[] = {"ls-tree", "-r",          "-t",   "-z",
                                     "-l",      "--full-tree", commit, NULL};
    struct child answer;
    if (!git_run(&answer, writer->git, arguments, -1, fd, LIST_MAX)) {
        return git_refuse(writer->git, &answer, "git cannot read the revision", NULL);
    }
    return read_list(out, writer, fd);
}

static bool ask_for_blobs(const struct writer *writer, const struct git_list *list,
                          int ids, int fd)
{
    static const char *const ARGUMENTS[] = {"cat-file", "--batch", NULL};
    size_t max = (size_t)list->bytes + list->count * (size_t)HEAD_MAX + HEAD_MAX;
    struct child answer;
    struct buf text;
    buf_init(&text, SIZE_MAX);
    for (size_t i = 0; i < list->count; i++) {
        if (list->entries[i].kind != 'd') {
            buf_printf(&text, "%s\n", list->entries[i].id);
        }
    }
    bool fine = file_write_all(ids, buf_str(&text)) && lseek(ids, 0, SEEK_SET) == 0;
    buf_deinit(&text);
    if (!fine) {
        return refuse_errno(writer);
    }
    return (git_run(&answer, writer->git, ARGUMENTS, ids, fd, max) &&
            lseek(fd, 0, SEEK_SET) == 0) ||
           git_refuse(writer->git, &answer, "git cannot read the revision's files",
                      NULL);
}

bool git_files_write(const char *files, const char *folder, const char *commit,
                     const struct git *git)
{
    struct writer writer = {.git = git, .files = files};
    struct git_list tree = {0};
    FILE *stream = NULL;
    int list = scratch(&writer, folder, "list");
    int ids = scratch(&writer, folder, "ids");
    int blobs = scratch(&writer, folder, "blobs");
    bool fine = list >= 0 && ids >= 0 && blobs >= 0 &&
                list_tree(&tree, &writer, list, commit) &&
                ask_for_blobs(&writer, &tree, ids, blobs);
    if (fine) {
        stream = fdopen(blobs, "r");
        fine = stream != NULL && git_files_make(files, &tree, stream, git);
    }
    if (stream != NULL) {
        (void)fclose(stream);
    } else if (blobs >= 0) {
        (void)close(blobs);
    }
    if (list >= 0) {
        (void)close(list);
    }
    if (ids >= 0) {
        (void)close(ids);
    }
    return fine;
}
