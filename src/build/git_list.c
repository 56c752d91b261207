// A commit's tree. In: git's list of it, NUL behind each entry. Out: entries.
//
// The names are a stranger's; the rest is git's own, and is taken as it is specified
// and not otherwise.
#include "git_list.h"

#include <string.h>
#include <strings.h>

#define ID_MAX ((size_t)64) // digits of SHA-256

bool git_list_refuse(const struct git *git, const char *path, const char *why)
{
    diag_add(git->diags, DIAG_GIT, (struct span){0},
             "the revision cannot be read: %s %s",
             diag_quote(git->diags, str_from(path)), why);
    return false;
}

// As git itself: no part is empty, ".", ".." or ".git" in any case.
static bool is_legal(const char *path)
{
    for (size_t len = strcspn(path, "/");; len = strcspn(path, "/")) {
        struct str part = {path, len};
        if (len == 0 || len > 255 || str_is(part, ".") || str_is(part, "..") ||
            (len == 4 && strncasecmp(path, ".git", 4) == 0)) {
            return false;
        }
        if (path[len] == '\0') {
            return true;
        }
        path += len + 1;
    }
}

static bool is_id(const char *id)
{
    size_t len = strlen(id);
    return len > 0 && len <= ID_MAX && strspn(id, "0123456789abcdef") == len;
}

// A tree and a submodule have none.
static bool read_size(uint64_t *out, const char *size)
{
    *out = 0;
    for (const char *at = size; *at != '\0'; at++) {
        if (*at < '0' || *at > '9' || *out > GIT_BYTES_MAX) {
            return false;
        }
        *out = *out * 10 + (uint64_t)(*at - '0');
    }
    return size[0] != '\0';
}

// "100644 blob ID    SIZE", without its path. Returns what is wrong, or NULL.
static const char *read_kind(struct git_entry *out, char *line)
{
    static const char NO_ENTRY[] = "is no entry";
    char *save = NULL;
    const char *mode = strtok_r(line, " ", &save);
    const char *type = strtok_r(NULL, " ", &save);
    out->id = strtok_r(NULL, " ", &save);
    const char *size = strtok_r(NULL, " ", &save);
    if (mode == NULL || type == NULL || out->id == NULL || size == NULL ||
        !is_id(out->id)) {
        return NO_ENTRY;
    }
    out->kind = 'd';
    if (strcmp(type, "blob") != 0) {
        return NULL;
    }
    out->kind = (char)(strcmp(mode, "120000") == 0   ? 'l'
                       : strcmp(mode, "100755") == 0 ? 'x'
                                                     : 'f');
    if (strcmp(size, "BAD") == 0) { // of a clone that was made without it
        return "is not in this repository";
    }
    return read_size(&out->size, size) ? NULL : NO_ENTRY;
}

static bool read_entry(struct git_list *list, char *line, const struct git *git)
{
    struct git_entry entry = {0};
    char *tab = strchr(line, '\t');
    if (tab == NULL) {
        return git_list_refuse(git, line, "is no entry");
    }
    *tab = '\0';
    entry.path = tab + 1;
    if (!is_legal(entry.path)) {
        return git_list_refuse(git, entry.path, "is a name that no file may have");
    }
    const char *why = read_kind(&entry, line);
    if (why != NULL) {
        return git_list_refuse(git, entry.path, why);
    }
    list->bytes += entry.size;
    if (list->count >= GIT_FILES_MAX || list->bytes > GIT_BYTES_MAX) {
        return git_list_refuse(git, entry.path,
                               "is one file too many: there may be 500,000, of 8 GiB");
    }
    list->entries = arena_grow(git->arena, list->entries, list->count, list->count + 1,
                               &list->cap, sizeof entry);
    list->entries[list->count++] = entry;
    return true;
}

bool git_list_read(struct git_list *out, struct str text, const struct git *git)
{
    *out = (struct git_list){0};
    char *list = arena_alloc(git->arena, text.len + 1);
    if (text.len > 0) {
        memcpy(list, text.at, text.len);
    }
    for (size_t at = 0; at < text.len;) {
        size_t len = strlen(list + at);
        if (!read_entry(out, list + at, git)) {
            return false;
        }
        at += len + 1;
    }
    return true;
}
