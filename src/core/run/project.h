// Where a project ends: what its files may name, and how its paths are shown.
#ifndef DDB_CORE_PROJECT_H
#define DDB_CORE_PROJECT_H

#include <stdbool.h>

struct arena;

// All texts are NUL-terminated and live in arena (or are static, or the argument).

// The folder of a path, or ".".
const char *project_folder(const char *path, struct arena *arena);

// The nearest folder from `folder` upwards with ddbgen.yaml or .git, else the folder
// itself, links resolved. NULL: errno says why.
const char *project_root(const char *folder, struct arena *arena);

// True when a path is the folder root or in it; both have their links resolved.
bool project_holds(const char *root, const char *real);

// A path with its links resolved, which may be opened without being led elsewhere.
// NULL: errno says why.
const char *project_resolve(const char *path, struct arena *arena);

// A resolved path as seen from the current folder: "fixtures/a.txt", "../a.txt", ".".
// Names the same file.
const char *project_relative(const char *real, struct arena *arena);

// The same as seen from another folder, resolved too (or NULL: not known).
const char *project_relative_from(const char *real, const char *folder,
                                  struct arena *arena);

// "schemas/../fixtures/a.txt" as "fixtures/a.txt", for people only.
const char *project_shorten(const char *path, struct arena *arena);

#endif
