// Folders: what is in them, and their removal.
#ifndef DDB_BASE_FOLDER_H
#define DDB_BASE_FOLDER_H

#include <stdbool.h>

struct folder_entry {
    const char *name;
    bool is_dir;
    bool is_file; // a regular one; both are false of links and everything else
};

// What to do with each entry of a folder that is open as dir_fd; false ends the walk
// with errno untouched.
typedef bool (*folder_visitor)(void *context, int dir_fd,
                               const struct folder_entry *entry);

enum folder_walk { FOLDER_DONE, FOLDER_STOPPED, FOLDER_ERRNO };

// Visits the entries of a folder (relative to the folder `at`, or AT_FDCWD), in no
// order, without "." and "..". A link is not followed.
enum folder_walk folder_walk(int at, const char *name, folder_visitor visit,
                             void *context);

// Removes a folder with all that is in it, following no link. False: something is left,
// errno says why.
__attribute__((warn_unused_result)) bool folder_remove(int at, const char *name);

#endif
