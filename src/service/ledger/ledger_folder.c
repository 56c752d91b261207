// Folders of ledgers: opened step by step and never through a link, for a checkout may
// bring some of its own.
#include "ledger_folder.h"

#include "buf.h"
#include "file.h"
#include "sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define NAME_MAX_BYTES 240 // of 255, with room for a suffix
#define NAME_KEPT_BYTES 160
#define IGNORED                                                                        \
    "# What ddbgen applied from this machine: nobody else's, and not for git.\n"       \
    "# To share it with all who write to a target, keep it in a table there:\n"        \
    "#     ledger: { table: ddbgen-ledger }    (in ddbgen.yaml, below the target)\n"   \
    "*\n"

const char *ledger_file_name(struct str name, const char *suffix, struct arena *arena)
{
    if (name.len <= NAME_MAX_BYTES) {
        return arena_printf(arena, "%.*s%s", STR_ARG(name), suffix).at;
    }
    struct buf hex;
    struct sha256 hash = sha256_of(name);
    buf_init(&hex, 2 * (size_t)SHA256_BYTES);
    sha256_put_hex(&hex, &hash);
    struct str text = arena_printf(arena, "%.*s+%.*s%s", NAME_KEPT_BYTES, name.at,
                                   STR_ARG(buf_str(&hex)), suffix);
    buf_deinit(&hex);
    return text.at;
}

const char *ledger_why_untrusted(const struct stat *info)
{
    if (!file_owner_is_trusted(info->st_uid)) {
        return "it belongs to another user";
    }
    bool writable = (info->st_mode & S_IWOTH) != 0 ||
                    ((info->st_mode & S_IWGRP) != 0 && info->st_gid != getegid());
    return writable ? "others may write it" : NULL;
}

static int step(const char **why, int at, const char *name, bool make, bool *made)
{
    struct stat info;
    *made = make && mkdirat(at, name, 0700) == 0;
    if (make && !*made && errno != EEXIST) {
        return -1;
    }
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        if (errno == ELOOP || errno == ENOTDIR) {
            *why = "its folder is a link, or no folder";
        }
        return -1;
    }
    *why =
        fstat(fd, &info) != 0 ? "its owner is not known" : ledger_why_untrusted(&info);
    if (*why != NULL) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

// So that no ledger gets into a repository. One that is there stays as it is.
static void write_ignored(int fd)
{
    int file = openat(fd, ".gitignore",
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file >= 0) {
        bool written = file_write_all(file, STR(IGNORED));
        (void)written; // a ledger without it works as well
        (void)close(file);
    }
}

int ledger_folder_open(const char **why, const char *root, struct str target, bool make,
                       struct arena *arena)
{
    bool made = false;
    *why = NULL;
    int at = open(root, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (at < 0) {
        return -1;
    }
    int folder = step(why, at, LEDGER_FOLDER, make, &made);
    int error = errno;
    (void)close(at);
    errno = error;
    if (folder < 0) {
        return -1;
    }
    if (made) {
        write_ignored(folder);
    }
    int fd = step(why, folder, ledger_file_name(target, "", arena), make, &made);
    error = errno;
    (void)close(folder);
    errno = error;
    return fd;
}
