// What would be left behind if the program gave up now: temporary folders and files,
// children. die() does away with it.
#ifndef DDB_BASE_LEFTOVER_H
#define DDB_BASE_LEFTOVER_H

#include <sys/types.h>

// A path (borrowed until it is dropped): of a file, or of a folder with all that is in
// it. There is room for a few; what does not fit is left behind.
void leftover_add(const char *path);
// It is gone, or meant to stay. NULL is fine.
void leftover_drop(const char *path);

// A child, until it ended.
void leftover_add_child(pid_t child);
void leftover_drop_child(pid_t child);

// Ends the children and removes the rest, without asking for memory. What a parent
// process has left is the parent's.
void leftover_remove_all(void);

#endif
