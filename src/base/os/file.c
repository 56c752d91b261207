// Files: reading one whole under a ceiling, and replacing one whole or not at all. In:
// paths as the user gave them. Out: bytes, or a result with errno; nothing is printed.
#include "file.h"

#include "follow.h"

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
#define TURN_MS 100 // how long a wait goes on without a look at the stop

// close, keeping errno for what went wrong before.
static void close_quietly(int fd)
{
    int saved = errno;
    (void)close(fd);
    errno = saved;
}

// Waits until fd is ready, in short turns: a signal may come just before a call that
// blocks, and would not end it. False: stopped, errno is EINTR.
static bool wait_ready(int fd, short events, const struct stop *stop)
{
    struct pollfd waiting = {.fd = fd, .events = events};

    while (!stop_is_set(stop)) {
        int ready = poll(&waiting, 1, TURN_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return true; // what is wrong with it the call itself will say
        }
    }
    errno = EINTR;
    return false;
}

// After a failed read or write: whether to try again. Waits when a descriptor that
// someone else made non-blocking (a shared terminal or pipe) is not ready.
static bool should_retry(int fd, short events, const struct stop *stop)
{
    if (errno == EINTR) {
        return !stop_is_set(stop);
    }
    return errno == EAGAIN && wait_ready(fd, events, stop); // EWOULDBLOCK is the same
}

// Bytes read, 0 at the end, -1 with errno.
static ssize_t read_some(int fd, char *to, size_t len, const struct stop *stop)
{
    ssize_t got = 0;
    do {
        got = stop == NULL || wait_ready(fd, POLLIN, stop) ? read(fd, to, len) : -1;
    } while (got < 0 && should_retry(fd, POLLIN, stop));
    return got;
}

// ---- opening

// Steps into the folder name[0..len) of the folder at, which is closed. -1: errno.
static int step_into(int at, const char *name, size_t len)
{
    char folder[NAME_MAX + 1];
    int next = -1;
    if (len > NAME_MAX) {
        errno = ENAMETOOLONG;
    } else {
        memcpy(folder, name, len);
        folder[len] = '\0';
        next = openat(at, folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    close_quietly(at);
    return next;
}

int file_open_folder_of(const char **name, const char *path)
{
    int at = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    *name = path + strspn(path, "/");
    for (size_t len = strcspn(*name, "/"); at >= 0 && (*name)[len] == '/';
         len = strcspn(*name, "/")) {
        at = step_into(at, *name, len);
        *name += len;
        *name += strspn(*name, "/");
    }
    return at;
}

int file_descriptor_of(const char *path)
{
    size_t len = strlen(FOLLOW_DESCRIPTORS);
    char *end = NULL;
    if (strcmp(path, "-") == 0) {
        return STDIN_FILENO;
    }
    if (strncmp(path, FOLLOW_DESCRIPTORS, len) != 0 || path[len] < '0' ||
        path[len] > '9') {
        return -1;
    }
    const unsigned long number = strtoul(path + len, &end, 10);
    return *end == '\0' && number <= INT_MAX ? (int)number : -1;
}

// A link: ELOOP.
static enum file_result open_in(int *fd, int folder, const char *name)
{
    struct stat info;

    // Looked at before it is opened: opening alone makes some devices do things. And
    // O_NONBLOCK: a FIFO that took its place must not hang.
    if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
        return FILE_ERRNO;
    }
    if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) {
        return FILE_NOT_REGULAR;
    }
    int opened =
        openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
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

enum file_result file_open(int *fd, const char *path)
{
    const char *name = NULL;

    *fd = -1;
    if (file_descriptor_of(path) >= 0) {
        return FILE_NOT_REGULAR;
    }
    int folder = file_open_folder_of(&name, path);
    if (folder < 0) {
        return FILE_ERRNO;
    }
    bool is_folder = name[0] == '\0' && path[0] != '\0';
    enum file_result result = is_folder ? FILE_NOT_REGULAR : open_in(fd, folder, name);
    close_quietly(folder);
    return result;
}

// ---- reading

static enum file_result read_failed(const struct stop *stop)
{
    return stop_is_set(stop) ? FILE_STOPPED : FILE_ERRNO;
}

// Reads to the end of fd. hint is how many bytes are expected.
static enum file_result read_all(struct str *out, int fd, size_t hint, size_t max,
                                 const struct stop *stop, struct arena *arena)
{
    size_t cap = 0;
    size_t len = 0;
    char *text = arena_grow(arena, NULL, 0, hint + 1, &cap, 1);
    for (;;) {
        if (len == cap) {
            text = arena_grow(arena, text, len, len + 1, &cap, 1);
        }
        ssize_t got = read_some(fd, text + len, cap - len, stop);
        if (got < 0) {
            return read_failed(stop);
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
    return read_all(out, fd, READ_BLOCK - 1, max, NULL, arena);
}

enum file_result file_read_stream(struct str *out, int fd, size_t max,
                                  const struct stop *stop, struct arena *arena)
{
    *out = (struct str){"", 0};
    return read_all(out, fd, READ_BLOCK - 1, max, stop, arena);
}

enum file_result file_read(struct str *out, const char *path, size_t max,
                           struct arena *arena)
{
    struct stat info;
    int fd = -1;

    *out = (struct str){"", 0};
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
        result = read_all(out, fd, (size_t)info.st_size, max, NULL, arena);
    }
    close_quietly(fd);
    return result;
}

int file_open_temporary(void)
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
    // Without a name from the start where that is possible: nothing to leave behind.
    int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0) {
            (void)unlink(path);
        }
    }
    return fd;
}

// Copies all of from, at most max bytes, to to.
static enum file_result copy_all(int to, int from, uint64_t max,
                                 const struct stop *stop)
{
    char block[READ_BLOCK];
    uint64_t total = 0;
    for (;;) {
        ssize_t got = read_some(from, block, sizeof block, stop);
        if (got < 0) {
            return read_failed(stop);
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

enum file_result file_spool(int *out_fd, int fd, uint64_t max, const struct stop *stop)
{
    *out_fd = -1;
    int spool = file_open_temporary();
    if (spool < 0) {
        return FILE_ERRNO;
    }
    enum file_result result = copy_all(spool, fd, max, stop);
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

static bool is_regular(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

bool file_write_all(int fd, struct str s)
{
    return file_write_until(fd, s, NULL);
}

bool file_write_until(int fd, struct str s, const struct stop *stop)
{
    // Of a pipe that is ready only so much is sure not to block.
    bool whole = stop == NULL || is_regular(fd);
    while (s.len > 0) {
        size_t len = whole || s.len < PIPE_BUF ? s.len : PIPE_BUF;
        if (!whole && !wait_ready(fd, POLLOUT, stop)) {
            return false;
        }
        ssize_t written = write(fd, s.at, len);
        if (written >= 0) {
            s = str_skip(s, (size_t)written);
        } else if (!should_retry(fd, POLLOUT, stop)) {
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

const char *file_why_untrusted(int fd, const char *path)
{
    struct stat link;
    struct stat info;

    if (fstat(fd, &info) != 0 || lstat(path, &link) != 0) {
        return "its owner is not known";
    }
    if (!file_owner_is_trusted(info.st_uid) || !file_owner_is_trusted(link.st_uid)) {
        return "it belongs to another user";
    }
    if ((info.st_mode & S_IWOTH) != 0) {
        return "everyone may write it";
    }
    return (info.st_mode & S_IWGRP) != 0 && info.st_gid != getegid()
               ? "its group may write it"
               : NULL;
}
