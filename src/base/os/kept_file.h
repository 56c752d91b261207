// Files that are read again and again, however many there are: they are opened when
// they are read, some of them stay open, and each is the file that it was at first or
// none.
#ifndef DDB_BASE_KEPT_FILE_H
#define DDB_BASE_KEPT_FILE_H

#include "file.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#define KEPT_FILES_OPEN 8

// What a file is known by.
struct file_identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct file_identity file_identity_of(const struct stat *status);

struct kept_file;

// Those of a run that are open. Zero-initialised is valid.
struct kept_files {
    struct kept_file *open[KEPT_FILES_OPEN];
    size_t next; // the place that is taken next, whoever has it
};

struct kept_file {
    struct kept_files *files;
    const char *path; // borrowed; without links (file.h)
    struct file_identity identity;
    int fd;       // -1: it is not open at present
    bool changed; // it was another one when it was opened again
};

// Opens a regular file, and remembers what it is.
__attribute__((warn_unused_result)) enum file_result
kept_file_open(struct kept_file *out, struct kept_files *files, const char *path);

// A descriptor that is good until the next call for any of these files. -1: it is not
// the same file any more, or cannot be opened.
int kept_file_descriptor(struct kept_file *file);

// True while it is what it was: the same file, of the same size and time of change.
bool kept_file_is_unchanged(struct kept_file *file);

void kept_file_close(struct kept_file *file);
void kept_files_close(struct kept_files *files);

#endif
