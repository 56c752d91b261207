// The project around a file. In: paths as definitions and users write them. Out: the
// folder that they may not leave, real paths inside it, and names for people.
#include "project.h"

#include "arena.h"
#include "follow.h"
#include "heap.h"
#include "str.h"

#include <stdlib.h>
#include <string.h>

const char *project_folder(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        return ".";
    }
    size_t len = slash == path ? 1 : (size_t)(slash - path);
    return arena_str(arena, (struct str){path, len}).at;
}

const char *project_resolve(const char *path, struct arena *arena)
{
    char *real = heap_realpath(path);
    if (real == NULL) {
        return NULL;
    }
    const char *copy = arena_str(arena, str_from(real)).at;
    free(real);
    return copy;
}

const char *project_root(const char *folder, struct arena *arena)
{
    const char *own = project_resolve(folder, arena);
    const char *project = own == NULL ? NULL : follow_project(own, arena);
    return project != NULL ? project : own;
}

bool project_holds(const char *root, const char *real)
{
    return follow_holds(root, real);
}

const char *project_relative(const char *real, struct arena *arena)
{
    return project_relative_from(real, project_resolve(".", arena), arena);
}

const char *project_relative_from(const char *real, const char *folder,
                                  struct arena *arena)
{
    const char *at = folder;
    const char *up = "";
    while (at != NULL && !project_holds(at, real)) {
        const char *above = project_folder(at, arena);
        if (strcmp(above, at) == 0) {
            return real; // one of the two could not be resolved
        }
        at = above;
        up = arena_printf(arena, "%s../", up).at;
    }
    // Where only the root is common the whole path says more.
    if (at == NULL || (strcmp(at, "/") == 0 && up[0] != '\0')) {
        return real;
    }
    const char *rest = real + strlen(at);
    rest += rest[0] == '/' ? 1 : 0;
    if (up[0] == '\0' && (rest[0] == '\0' || rest[0] == '-')) {
        up = "./"; // "-" would be standard input
    }
    struct str path = arena_printf(arena, "%s%s", up, rest);
    path.len -= path.at[path.len - 1] == '/' ? 1 : 0;
    return arena_str(arena, path).at;
}

// "a/../b" is "b" only where a is no link: good enough to be read.
const char *project_shorten(const char *path, struct arena *arena)
{
    struct str text = arena_str(arena, str_from(path));
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    size_t at = 0;
    while (at < text.len) {
        struct str rest = str_skip(text, at);
        size_t end = str_find_char(rest, '/');
        struct str part = {rest.at, end};
        size_t last = len;
        while (last > 0 && out[last - 1] != '/') {
            last--;
        }
        // The part before, between slashes.
        size_t before = last > 0 ? last - 1 : 0;
        while (before > 0 && out[before - 1] != '/') {
            before--;
        }
        struct str previous = {out + before, last > 0 ? last - 1 - before : 0};
        if (str_is(part, "..") && previous.len > 0 && !str_is(previous, "..") &&
            !str_is(previous, ".")) {
            len = before;
        } else {
            memcpy(out + len, part.at, part.len);
            len += part.len;
            if (end < rest.len) {
                out[len++] = '/';
            }
        }
        at += end + 1;
    }
    out[len] = '\0';
    return out;
}
