// Descriptors that come and go. In: paths without links. Out: the file that was meant,
// while it is there.
//
// What was opened first is closed first: a run reads its files one after the other, so
// there is little to gain by knowing better.
#include "kept_file.h"

#include <unistd.h>

struct file_identity file_identity_of(const struct stat *status)
{
    return (struct file_identity){status->st_dev, status->st_ino, status->st_size,
                                  status->st_mtim};
}

static bool is_same(const struct file_identity *a, const struct file_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec &&
           a->changed.tv_nsec == b->changed.tv_nsec;
}

static void let_in(struct kept_file *file)
{
    struct kept_files *files = file->files;
    struct kept_file **place = &files->open[files->next];

    if (*place != NULL) {
        kept_file_close(*place);
    }
    *place = file;
    files->next = (files->next + 1) % KEPT_FILES_OPEN;
}

// Opens it and says what it is now.
static enum file_result look(struct file_identity *out, struct kept_file *file)
{
    struct stat status;
    enum file_result result = file_open(&file->fd, file->path);

    if (result == FILE_OK && fstat(file->fd, &status) != 0) {
        (void)close(file->fd);
        file->fd = -1;
        result = FILE_ERRNO;
    }
    if (result == FILE_OK) {
        *out = file_identity_of(&status);
        let_in(file);
    }
    return result;
}

enum file_result kept_file_open(struct kept_file *out, struct kept_files *files,
                                const char *path)
{
    *out = (struct kept_file){.files = files, .path = path, .fd = -1};
    return look(&out->identity, out);
}

int kept_file_descriptor(struct kept_file *file)
{
    struct file_identity now;

    if (file->fd < 0 && !file->changed) {
        file->changed = look(&now, file) != FILE_OK || !is_same(&now, &file->identity);
    }
    return file->changed ? -1 : file->fd;
}

bool kept_file_is_unchanged(struct kept_file *file)
{
    struct stat status;
    int fd = kept_file_descriptor(file);

    if (fd < 0 || fstat(fd, &status) != 0) {
        return false;
    }
    struct file_identity now = file_identity_of(&status);
    return is_same(&now, &file->identity);
}

void kept_file_close(struct kept_file *file)
{
    for (size_t i = 0; i < KEPT_FILES_OPEN; i++) {
        if (file->files->open[i] == file) {
            file->files->open[i] = NULL;
        }
    }
    if (file->fd >= 0) {
        (void)close(file->fd);
        file->fd = -1;
    }
}

void kept_files_close(struct kept_files *files)
{
    for (size_t i = 0; i < KEPT_FILES_OPEN; i++) {
        if (files->open[i] != NULL) {
            kept_file_close(files->open[i]);
        }
    }
}
