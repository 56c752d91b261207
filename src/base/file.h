// Files, read whole under a ceiling or written whole or not at all.
#ifndef DDB_BASE_FILE_H
#define DDB_BASE_FILE_H

#include "arena.h"
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
};

// Reads a regular file (or, with path "-", standard input) of at most max bytes into
// arena.
__attribute__((warn_unused_result)) enum file_result
file_read(struct str *out, const char *path, size_t max, struct arena *arena);

// The same from where an open descriptor stands to its end: for files that were looked
// at before (owner, mode) and must not be another one by now.
__attribute__((warn_unused_result)) enum file_result
file_read_fd(struct str *out, int fd, size_t max, struct arena *arena);

// Opens for reading with O_CLOEXEC and O_NONBLOCK against FIFOs, refuses what is not a
// regular file. *fd is -1 unless FILE_OK.
__attribute__((warn_unused_result)) enum file_result file_open(int *fd,
                                                               const char *path);

// An unlinked temporary file with the contents of fd up to max bytes, positioned at its
// start: for what cannot be read twice. In $TMPDIR, else /tmp.
__attribute__((warn_unused_result)) enum file_result file_spool(int *out_fd, int fd,
                                                                uint64_t max);

// Writes all of s to fd, through EINTR and short writes. False: errno says why.
__attribute__((warn_unused_result)) bool file_write_all(int fd, struct str s);

// Whether an owner is the user, root, or, for root, who called sudo: what others own,
// others may have written.
bool file_owner_is_trusted(uid_t owner);

#endif
