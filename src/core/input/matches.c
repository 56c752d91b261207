// Patterns of fixtures. In: a pattern, part by part. Out: files of the project.
//
// A folder is listed only after it was followed (follow.h) and found inside. What a
// pattern spells without wildcards is put behind, and looked at when a folder has to be
// listed or at the end.
#include "matches.h"

#include "folder.h"
#include "follow.h"
#include "resolve.h"
#include "run.h"
#include "wildcard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define MATCHES_MAX ((size_t)100000) // of all patterns of a run
#define LOOKED_AT_MAX                                                                  \
    ((size_t)1000000)              // names that all patterns of a run are held against
#define PATTERN_MAX ((size_t)4096) // bytes: as a path

// Names relative to the base: "", "a", "a/b".
struct names {
    struct str *at;
    size_t count;
    size_t cap;
};

struct search {
    struct ddb *ddb;
    const struct resolve_base *base;
    struct span span;
    const char *pattern; // as it is written
    struct names names;  // those that go on
    struct names found;  // of a part
    struct str part;     // of the pattern
    const char *within;  // the name that is being listed
    bool too_many;
};

static void add(struct search *search, struct names *names, const char *folder,
                struct str name)
{
    struct arena *arena = &search->ddb->arena;
    if (search->ddb->matched >= MATCHES_MAX) {
        search->too_many = true;
        return;
    }
    search->ddb->matched++;
    names->at = arena_grow(arena, names->at, names->count, names->count + 1,
                           &names->cap, sizeof *names->at);
    names->at[names->count++] = arena_printf(
        arena, "%s%s%.*s", folder,
        folder[0] == '\0' || strcmp(folder, "/") == 0 ? "" : "/", STR_ARG(name));
}

static bool take_entry(void *context, int dir_fd, const struct folder_entry *entry)
{
    struct search *search = context;
    (void)dir_fd;
    if (++search->ddb->looked_at > LOOKED_AT_MAX) {
        search->too_many = true;
    } else if (wildcard_match(search->part, str_from(entry->name))) {
        add(search, &search->found, search->within, str_from(entry->name));
    }
    return !search->too_many;
}

// *real is NULL when there is nothing of that name. False: it leads out; diagnosed.
static bool look(const char **real, const struct search *search, struct str name)
{
    struct followed followed;
    const struct resolve_base *base = search->base;
    const char *path = name.len == 0 ? "." : name.at;
    *real = NULL;
    enum follow_result result =
        follow_inside(&followed, base->real, base->root, path, &search->ddb->arena);
    switch (result) {
    case FOLLOW_OK:
        *real = followed.real;
        return true;
    case FOLLOW_ERRNO:
        return true;
    case FOLLOW_OUTSIDE:
    case FOLLOW_GIT:
    default:
        break;
    }
    struct ddb *ddb = search->ddb;
    resolve_refuse(
        ddb, base,
        resolve_shown(ddb, base, followed.link != NULL ? path : search->pattern),
        result, search->span);
    return false;
}

static bool take_part(struct search *search)
{
    bool wild = wildcard_is(search->part);
    search->found = (struct names){0};
    for (size_t i = 0; i < search->names.count && !search->too_many; i++) {
        const char *real = NULL;
        search->within = search->names.at[i].at;
        if (!wild) {
            add(search, &search->found, search->within,
                wildcard_text(search->part, &search->ddb->arena));
        } else if (!look(&real, search, search->names.at[i])) {
            return false;
        } else if (real != NULL) {
            // What cannot be listed has nothing that matches.
            (void)folder_walk(AT_FDCWD, real, take_entry, search);
        }
    }
    search->names = search->found;
    return true;
}

static int compare_names(const void *left, const void *right)
{
    return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

static bool report(const struct search *search, const char *what)
{
    struct ddb *ddb = search->ddb;
    const char *shown = resolve_shown(ddb, search->base, search->pattern);
    struct diag *diag = diag_add(&ddb->diags, DIAG_FILE_GLOB, search->span, "%s %s",
                                 what, diag_quote(&ddb->diags, str_from(shown)));
    diag_help(&ddb->diags, diag, "paths are relative to the definition");
    return false;
}

// The names, as files.
static bool settle(struct match **out, size_t *count, struct search *search)
{
    struct ddb *ddb = search->ddb;
    struct names *names = &search->names;
    if (names->count > 1) {
        qsort(names->at, names->count, sizeof *names->at, compare_names);
    }
    *out = arena_array(&ddb->arena, names->count, sizeof **out);
    for (size_t i = 0; i < names->count; i++) {
        const char *real = NULL;
        if (!look(&real, search, names->at[i])) {
            return false; // and so may those that follow lead out of the project
        }
        if (real != NULL) {
            (*out)[(*count)++] =
                (struct match){real, resolve_shown(ddb, search->base, names->at[i].at)};
        }
    }
    return true;
}

bool matches_find(struct match **out, size_t *count, struct ddb *ddb,
                  const struct resolve_base *base, struct str pattern, struct span span)
{
    struct search search = {.ddb = ddb, .base = base, .span = span};
    search.pattern = arena_str(&ddb->arena, pattern).at;
    struct str rest = pattern;
    *count = 0;
    if (pattern.len > PATTERN_MAX) {
        return report(&search, "a path takes up to 4,096 bytes, unlike");
    }
    add(&search, &search.names, "", STR(""));
    while (rest.len > 0) {
        search.part = (struct str){rest.at, str_find_char(rest, '/')};
        rest = str_skip(rest, search.part.len);
        rest = str_skip(rest, rest.len > 0 ? 1 : 0);
        if (search.part.len > 0 && !take_part(&search)) {
            return false;
        }
    }
    if (search.too_many) {
        return report(&search, "too many files match, or are looked at for,");
    }
    return settle(out, count, &search) &&
           (*count > 0 || report(&search, "no file matches"));
}
