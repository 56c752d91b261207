// Following links ourselves. In: a path and what it may not leave. Out: the same file
// without links, or why not.
//
// The walk holds a real folder and the rest of the path. A link puts its target in
// front of the rest. Once a link was a checkout's, there is a root that nothing leaves.
// What comes out has no links: opened by file_open, which follows none, it is the file
// that was judged, whatever becomes of the links in the meantime.
#include "follow.h"

#include "arena.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 // as the kernel's
#define REST_MAX ((size_t)64 * 1024)

struct walk {
    struct arena *arena;
    const char *root;    // NULL: nothing is forbidden yet
    bool all_links;      // are as good as the user's word
    const char *current; // the user's folder; NULL: all of it is a checkout's word
    struct str real;     // "/" or "/a/b", with a NUL behind
    struct str rest;
    const char *path; // as it was given,
    size_t given;     // and how many bytes of rest, at its end, are of that
    size_t links;
    struct followed *out;
};

bool follow_holds(const char *root, const char *real)
{
    size_t len = strlen(root);
    len -= len == 1 ? 1 : 0; // of "/" nothing
    return strncmp(real, root, len) == 0 && (real[len] == '/' || real[len] == '\0');
}

// ---- folders

static bool exists(const char *folder, const char *name, struct arena *arena)
{
    struct stat info;
    return lstat(arena_printf(arena, "%s/%s", folder, name).at, &info) == 0;
}

// Of "/a/b" "/a", of "/a" and "/" "/".
static struct str parent_of(struct str folder, struct arena *arena)
{
    size_t len = folder.len;
    while (len > 1 && folder.at[len - 1] != '/') {
        len--;
    }
    len -= len > 1 ? 1 : 0;
    return arena_str(arena, (struct str){folder.at, len});
}

const char *follow_project(const char *folder, struct arena *arena)
{
    struct str at = str_from(folder);
    while (at.len > 1) {
        if (exists(at.at, "ddbgen.yaml", arena) || exists(at.at, ".git", arena)) {
            return at.at;
        }
        at = parent_of(at, arena);
    }
    return NULL;
}

// What git keeps its own files in, whatever it is called: that of a submodule, of
// another work tree, or one that lies elsewhere.
static bool is_git(const char *folder, struct arena *arena)
{
    return exists(folder, "HEAD", arena) && exists(folder, "objects", arena) &&
           exists(folder, "refs", arena);
}

// ---- one step

static struct str child_of(const struct walk *walk, struct str name)
{
    return arena_printf(walk->arena, "%s%s%.*s", walk->real.at,
                        walk->real.len == 1 ? "" : "/", STR_ARG(name));
}

static bool is_system(const char *folder)
{
    return follow_holds("/dev", folder) || follow_holds("/proc", folder);
}

// What a link in the present folder may not leave. NULL: it is the user's or the
// system's own. is_last: it is the named file itself.
static const char *root_for(const struct walk *walk, bool is_last)
{
    if (walk->all_links) {
        return NULL;
    }
    const char *project = follow_project(walk->real.at, walk->arena);
    if (project != NULL) {
        return project;
    }
    if (walk->root != NULL) {
        return walk->root;
    }
    if (is_system(walk->real.at)) {
        return NULL;
    }
    if (walk->current != NULL && follow_holds(walk->current, walk->real.at)) {
        return walk->current;
    }
    return is_last ? walk->real.at : NULL;
}

// The link as the path spells it: what was given up to here.
static void note_link(struct walk *walk)
{
    struct str given = str_from(walk->path);
    given.len -= walk->given;
    while (given.len > 1 && given.at[given.len - 1] == '/') {
        given.len--;
    }
    if (walk->out->link == NULL) {
        walk->out->link = arena_str(walk->arena, given).at;
    }
}

static enum follow_result fail(struct walk *walk, int why, struct str real)
{
    walk->out->real = real.at;
    errno = why;
    return FOLLOW_ERRNO;
}

// Goes on at an absolute path.
static enum follow_result take_root(struct walk *walk, struct str path)
{
    struct str from = str_from(walk->root != NULL ? walk->root : "/");
    if (walk->root != NULL && !follow_holds(walk->root, path.at)) {
        return FOLLOW_OUTSIDE;
    }
    walk->real = from;
    walk->rest = str_skip(path, from.len);
    return FOLLOW_OK;
}

// A pipe or whatever else was opened for us. What its link says is no path, and what
// was a file may be one no more.
static bool is_own_descriptor(const struct walk *walk, const char *link)
{
    struct stat info;
    struct str folder = arena_printf(walk->arena, "/proc/%ld/fd", (long)getpid());
    return walk->root == NULL && walk->rest.len == 0 && str_eq(walk->real, folder) &&
           stat(link, &info) == 0 && !S_ISDIR(info.st_mode);
}

// slash: one stands behind the link.
static enum follow_result take_link(struct walk *walk, struct str link, bool slash)
{
    char target[PATH_MAX];
    if (is_own_descriptor(walk, link.at)) {
        walk->real = arena_printf(walk->arena, FOLLOW_DESCRIPTORS "%s",
                                  strrchr(link.at, '/') + 1);
        walk->out->is_folder = false;
        return FOLLOW_OK;
    }
    ssize_t len = readlink(link.at, target, sizeof target);
    if (len < 0) {
        return fail(walk, errno, link);
    }
    if ((size_t)len >= sizeof target || ++walk->links > LINKS_MAX ||
        (size_t)len + walk->rest.len > REST_MAX) {
        return fail(walk, ELOOP, link);
    }
    const char *root = root_for(walk, walk->rest.len == 0);
    if (root != NULL) {
        walk->root = root;
        note_link(walk);
    }
    struct str path = arena_printf(walk->arena, "%.*s%s%.*s", (int)len, target,
                                   slash ? "/" : "", STR_ARG(walk->rest));
    if (path.at[0] == '/') {
        return take_root(walk, path);
    }
    walk->rest = path;
    return FOLLOW_OK;
}

static enum follow_result take_up(struct walk *walk)
{
    walk->real = parent_of(walk->real, walk->arena);
    return walk->root != NULL && !follow_holds(walk->root, walk->real.at)
               ? FOLLOW_OUTSIDE
               : FOLLOW_OK;
}

// slash: one stands behind the name, which only a folder may have.
static enum follow_result take_name(struct walk *walk, struct str name, bool slash)
{
    struct stat info;
    bool guarded = walk->root != NULL;
    struct str path = child_of(walk, name);
    if (guarded && name.len == 4 && strncasecmp(name.at, ".git", 4) == 0) {
        return FOLLOW_GIT;
    }
    if (lstat(path.at, &info) != 0) {
        return fail(walk, errno, path);
    }
    if (S_ISLNK(info.st_mode)) {
        return take_link(walk, path, slash);
    }
    walk->out->is_folder = S_ISDIR(info.st_mode);
    if (!walk->out->is_folder && slash) {
        return fail(walk, ENOTDIR, arena_printf(walk->arena, "%s/.", path.at));
    }
    if (guarded && walk->out->is_folder && is_git(path.at, walk->arena)) {
        return FOLLOW_GIT;
    }
    walk->real = path;
    return FOLLOW_OK;
}

static void skip_slashes(struct walk *walk)
{
    while (walk->rest.len > 0 && walk->rest.at[0] == '/') {
        walk->rest = str_skip(walk->rest, 1);
    }
    walk->given = walk->rest.len < walk->given ? walk->rest.len : walk->given;
}

static enum follow_result take_next(struct walk *walk)
{
    struct str name = {walk->rest.at, str_find_char(walk->rest, '/')};
    walk->rest = str_skip(walk->rest, name.len);
    bool slash = walk->rest.len > 0;
    skip_slashes(walk);
    if (name.len == 0 || str_is(name, ".")) {
        return FOLLOW_OK;
    }
    return str_is(name, "..") ? take_up(walk) : take_name(walk, name, slash);
}

// From walk->real on, or from "/".
static enum follow_result follow(struct walk *walk)
{
    enum follow_result result = FOLLOW_OK;
    walk->rest = str_from(walk->path);
    walk->given = walk->rest.len;
    *walk->out = (struct followed){.is_folder = true};
    if (walk->given == 0 || walk->given > REST_MAX) {
        return fail(walk, walk->given == 0 ? ENOENT : ENAMETOOLONG, walk->rest);
    }
    if (walk->path[0] == '/') {
        result = take_root(walk, walk->rest);
    }
    while (result == FOLLOW_OK && walk->rest.len > 0) {
        result = take_next(walk);
    }
    if (result == FOLLOW_OK) {
        walk->out->real = walk->real.at;
    }
    return result;
}

enum follow_result follow_inside(struct followed *out, const char *folder,
                                 const char *root, const char *path,
                                 struct arena *arena)
{
    struct walk walk = {.arena = arena,
                        .root = root,
                        .real = str_from(folder),
                        .path = path,
                        .out = out};
    return follow(&walk);
}

enum follow_result follow_named(struct followed *out, const char *path, bool all_links,
                                struct arena *arena)
{
    char *current = getcwd(NULL, 0); // has no links
    struct str copy = arena_str(arena, str_from(current));
    struct walk walk = {.arena = arena,
                        .all_links = all_links,
                        .current = current != NULL ? copy.at : "/",
                        .real = copy,
                        .path = path,
                        .out = out};
    if (current == NULL && path[0] != '/') {
        return fail(&walk, errno, str_from(path));
    }
    free(current);
    return follow(&walk);
}
