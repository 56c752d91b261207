// Walks through folders. In: a path. Out: a call for each entry; or the folder is gone.
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_BYTES 4096

static enum folder_walk visit_one(int fd, const char *name, folder_visitor visit,
                                  void *context)
{
    struct stat info;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return FOLDER_DONE;
    }
    if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return FOLDER_ERRNO;
    }
    struct folder_entry entry = {name, S_ISDIR(info.st_mode), S_ISREG(info.st_mode)};
    return visit(context, fd, &entry) ? FOLDER_DONE : FOLDER_STOPPED;
}

// The kernel's own records instead of readdir, which asks for memory: die() has none.
static enum folder_walk visit_all(int fd, folder_visitor visit, void *context)
{
    _Alignas(struct dirent64) char block[BLOCK_BYTES];

    for (;;) {
        ssize_t len = getdents64(fd, block, sizeof block);
        if (len <= 0) {
            return len == 0 ? FOLDER_DONE : FOLDER_ERRNO;
        }
        for (ssize_t at = 0; at < len;) {
            const struct dirent64 *found = (const void *)(block + at);
            enum folder_walk result = visit_one(fd, found->d_name, visit, context);
            if (result != FOLDER_DONE) {
                return result;
            }
            at += found->d_reclen;
        }
    }
}

enum folder_walk folder_walk(int at, const char *name, folder_visitor visit,
                             void *context)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return FOLDER_ERRNO;
    }
    enum folder_walk result = visit_all(fd, visit, context);
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return result;
}

static bool remove_entry(void *context, int dir_fd, const struct folder_entry *entry)
{
    (void)context;
    return entry->is_dir ? folder_remove(dir_fd, entry->name)
                         : unlinkat(dir_fd, entry->name, 0) == 0;
}

bool folder_remove(int at, const char *name)
{
    return folder_walk(at, name, remove_entry, NULL) == FOLDER_DONE &&
           unlinkat(at, name, AT_REMOVEDIR) == 0;
}
