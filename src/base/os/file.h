// Files, read whole under a ceiling or written whole or not at all.
#ifndef DDB_BASE_FILE_H
#define DDB_BASE_FILE_H

#include "arena.h"
#include "stop.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum file_result {
    FILE_OK,
    FILE_ERRNO,       // errno says why
    FILE_NOT_REGULAR, // a directory, a device, a socket
    FILE_TOO_LARGE,
    FILE_STOPPED, // by the stop that was passed
};

// Reads a regular file of at most max bytes into arena. Opened as by file_open.
__attribute__((warn_unused_result)) enum file_result
file_read(struct str *out, const char *path, size_t max, struct arena *arena);

// Which of our own descriptors a path of the command line stands for: 0 of "-", N of
// "/dev/fd/N", as follow_named gives it. -1: it is a file.
int file_descriptor_of(const char *path);

// The same of a descriptor of any kind, which is read once.
__attribute__((warn_unused_result)) enum file_result
file_read_stream(struct str *out, int fd, size_t max, const struct stop *stop,
                 struct arena *arena);

// The same from where an open descriptor stands to its end: for files that were looked
// at before (owner, mode) and must not be another one by now.
__attribute__((warn_unused_result)) enum file_result
file_read_fd(struct str *out, int fd, size_t max, struct arena *arena);

// Opens a regular file for reading, and nothing else: no descriptor is taken over, no
// FIFO is waited for, no device is touched. No link is followed, in no part of the
// path: where links are allowed they were followed before (follow.h), and the file is
// still the one that was judged then. *fd is -1 unless FILE_OK.
__attribute__((warn_unused_result)) enum file_result file_open(int *fd,
                                                               const char *path);

// A descriptor (O_PATH) of the folder of a path, reached in the same way, and in *name
// the rest: what is to be opened in it. -1: errno.
int file_open_folder_of(const char **name, const char *path);

// An empty file without a name, for reading and writing, in $TMPDIR, else /tmp. -1:
// errno.
int file_open_temporary(void);
// An unlinked temporary file with the contents of fd up to max bytes, positioned at its
// start: for what cannot be read twice.
__attribute__((warn_unused_result)) enum file_result
file_spool(int *out_fd, int fd, uint64_t max, const struct stop *stop);

// Writes all of s to fd, through EINTR and short writes. False: errno says why.
__attribute__((warn_unused_result)) bool file_write_all(int fd, struct str s);
// The same to a reader who may take his time. False with EINTR: stopped.
__attribute__((warn_unused_result)) bool file_write_until(int fd, struct str s,
                                                          const struct stop *stop);

// Whether an owner is the user, root, or, for root, who called sudo: what others own,
// others may have written.
bool file_owner_is_trusted(uid_t owner);
// Why others may have written an open file, or the link that its path is: "everyone may
// write it"; NULL: they may not. The user's own group is as good as the user.
const char *file_why_untrusted(int fd, const char *path);

#endif
