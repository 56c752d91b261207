// Walks through folders. In: a path. Out: a call for each entry; or the folder is gone.
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// FOLDER_DONE: there may be more.
static enum folder_walk visit_next(DIR *stream, int fd, folder_visitor visit,
                                   void *context, bool *more)
{
    struct stat info;
    errno = 0;
    const struct dirent *found = readdir(stream);
    *more = found != NULL;
    if (found == NULL) {
        return errno == 0 ? FOLDER_DONE : FOLDER_ERRNO;
    }
    if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0) {
        return FOLDER_DONE;
    }
    if (fstatat(fd, found->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return FOLDER_ERRNO;
    }
    const struct folder_entry entry = {found->d_name, S_ISDIR(info.st_mode),
                                       S_ISREG(info.st_mode)};
    return visit(context, fd, &entry) ? FOLDER_DONE : FOLDER_STOPPED;
}

enum folder_walk folder_walk(int at, const char *name, folder_visitor visit,
                             void *context)
{
    const int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);

    if (stream == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        return FOLDER_ERRNO;
    }
    enum folder_walk result = FOLDER_DONE;
    bool more = true;
    while (more && result == FOLDER_DONE) {
        result = visit_next(stream, fd, visit, context, &more);
    }
    const int saved = errno;
    (void)closedir(stream);
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
