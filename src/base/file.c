// Files: reading one whole under a ceiling, and replacing one whole or not at all. In:
// paths as the user gave them. Out: bytes, or a result with errno; nothing is printed.
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BLOCK ((size_t)65536)

// close, keeping errno for what went wrong before.
static void close_quietly(int fd)
{
    const int saved = errno;

    (void)close(fd);
    errno = saved;
}

// After a failed read or write: whether to try again. Waits when a descriptor that
// someone else made non-blocking (a shared terminal or pipe) is not ready.
static bool should_retry(int fd, short events)
{
    if (errno == EINTR) {
        return true;
    }
    if (errno != EAGAIN) { // the same as EWOULDBLOCK on Linux
        return false;
    }
    struct pollfd waiting = {.fd = fd, .events = events};
    return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

// Bytes read, 0 at the end, -1 with errno.
static ssize_t read_some(int fd, char *to, size_t len)
{
    ssize_t got = 0;

    do {
        got = read(fd, to, len);
    } while (got < 0 && should_retry(fd, POLLIN));
    return got;
}

enum file_result file_open(int *fd, const char *path)
{
    struct stat info;

    *fd = -1;
    // O_NONBLOCK: a FIFO without a writer must not hang the open.
    const int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (opened < 0) {
        return FILE_ERRNO;
    }
    if (fstat(opened, &info) != 0) {
        close_quietly(opened);
        return FILE_ERRNO;
    }
    if (!S_ISREG(info.st_mode)) {
        close_quietly(opened);
        return FILE_NOT_REGULAR;
    }
    *fd = opened;
    return FILE_OK;
}

// Reads to the end of fd. hint is how many bytes are expected.
static enum file_result read_all(struct str *out, int fd, size_t hint, size_t max,
                                 struct arena *arena)
{
    size_t cap = 0;
    size_t len = 0;
    char *text = arena_grow(arena, NULL, 0, hint + 1, &cap, 1);

    for (;;) {
        if (len == cap) {
            text = arena_grow(arena, text, len, len + 1, &cap, 1);
        }
        const ssize_t got = read_some(fd, text + len, cap - len);
        if (got < 0) {
            return FILE_ERRNO;
        }
        if (got == 0) {
            *out = (struct str){text, len};
            return FILE_OK;
        }
        len += (size_t)got;
        if (len > max) {
            return FILE_TOO_LARGE;
        }
    }
}

enum file_result file_read_fd(struct str *out, int fd, size_t max, struct arena *arena)
{
    *out = (struct str){"", 0};
    return read_all(out, fd, READ_BLOCK - 1, max, arena);
}

enum file_result file_read(struct str *out, const char *path, size_t max,
                           struct arena *arena)
{
    struct stat info;
    int fd = -1;

    *out = (struct str){"", 0};
    if (strcmp(path, "-") == 0) {
        return read_all(out, STDIN_FILENO, READ_BLOCK - 1, max, arena);
    }
    enum file_result result = file_open(&fd, path);
    if (result != FILE_OK) {
        return result;
    }
    if (fstat(fd, &info) != 0) {
        result = FILE_ERRNO;
    } else if ((uint64_t)info.st_size > max) {
        result = FILE_TOO_LARGE;
    } else {
        // The size is only a hint: the file may grow, and those of /proc say 0.
        result = read_all(out, fd, (size_t)info.st_size, max, arena);
    }
    close_quietly(fd);
    return result;
}

// An empty file without a name. -1: errno.
static int temporary_open(void)
{
    char path[PATH_MAX];
    const char *folder = getenv("TMPDIR");

    if (folder == NULL || folder[0] == '\0') {
        folder = "/tmp";
    }
    if (snprintf(path, sizeof path, "%s/ddbgen-XXXXXX", folder) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0) {
        (void)unlink(path);
    }
    return fd;
}

// Copies all of from, at most max bytes, to to.
static enum file_result copy_all(int to, int from, uint64_t max)
{
    char block[READ_BLOCK];
    uint64_t total = 0;

    for (;;) {
        const ssize_t got = read_some(from, block, sizeof block);
        if (got < 0) {
            return FILE_ERRNO;
        }
        if (got == 0) {
            return FILE_OK;
        }
        if ((uint64_t)got > max - total) {
            return FILE_TOO_LARGE;
        }
        total += (uint64_t)got;
        if (!file_write_all(to, (struct str){block, (size_t)got})) {
            return FILE_ERRNO;
        }
    }
}

enum file_result file_spool(int *out_fd, int fd, uint64_t max)
{
    *out_fd = -1;
    const int spool = temporary_open();
    if (spool < 0) {
        return FILE_ERRNO;
    }
    enum file_result result = copy_all(spool, fd, max);
    if (result == FILE_OK && lseek(spool, 0, SEEK_SET) < 0) {
        result = FILE_ERRNO;
    }
    if (result != FILE_OK) {
        close_quietly(spool);
        return result;
    }
    *out_fd = spool;
    return FILE_OK;
}

bool file_write_all(int fd, struct str s)
{
    while (s.len > 0) {
        const ssize_t written = write(fd, s.at, s.len);
        if (written >= 0) {
            s = str_skip(s, (size_t)written);
        } else if (!should_retry(fd, POLLOUT)) {
            return false;
        }
    }
    return true;
}

bool file_owner_is_trusted(uid_t owner)
{
    const char *caller = getenv("SUDO_UID");

    if (owner == geteuid() || owner == 0) {
        return true;
    }
    if (geteuid() != 0 || caller == NULL || caller[0] == '\0') {
        return false;
    }
    char *end = NULL;
    errno = 0;
    const unsigned long uid = strtoul(caller, &end, 10);
    return errno == 0 && *end == '\0' && uid == owner;
}
