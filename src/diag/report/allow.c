// Allowed warnings. In: codes and the lines that they are allowed on. Out: whether a
// warning is silent.
#include "allow.h"

#include "buf.h"
#include "map.h"
#include "secret.h"

#include <string.h>

struct allows {
    struct map lines;  // "file\0line" to struct place
    struct allow **at; // count of them, in the order of the comments
    size_t count;
    size_t cap;
};

// One of the allowances on a line.
struct place {
    struct allow *allow;
    struct place *next;
};

// Files are known by name: one that is read twice is two sources.
static void put_key(struct buf *key, const struct source *source, uint32_t line)
{
    buf_put(key, source->name);
    buf_char(key, '\0');
    buf_uint(key, line);
}

static struct place *find_line(const struct allows *allows, const struct source *source,
                               uint32_t line)
{
    struct buf key;

    buf_init(&key, SIZE_MAX);
    put_key(&key, source, line);
    struct place *place = map_find(&allows->lines, buf_str(&key));
    buf_deinit(&key);
    return place;
}

static void add_line(struct diags *diags, struct allow *allow, uint32_t line)
{
    struct place *place = arena_alloc(diags->arena, sizeof *place);
    struct buf key;

    buf_init(&key, SIZE_MAX);
    put_key(&key, allow->span.source, line);
    place->allow = allow;
    place->next = map_find(&diags->allows->lines, buf_str(&key));
    map_add(&diags->allows->lines, arena_str(diags->arena, buf_str(&key)), NULL)
        ->value = place;
    buf_deinit(&key);
}

static bool is_known(const struct allows *allows, const struct allow *allow)
{
    const struct place *place = find_line(allows, allow->span.source, allow->lines[0]);

    while (place != NULL && (place->allow->code != allow->code ||
                             place->allow->span.line != allow->span.line ||
                             place->allow->span.column != allow->span.column)) {
        place = place->next;
    }
    return place != NULL;
}

// It is shown, so secrets in it are masked.
static struct str copy_reason(struct arena *arena, struct str reason)
{
    char *copy = arena_alloc(arena, reason.len);
    if (reason.len > 0) {
        memcpy(copy, reason.at, reason.len);
    }
    secret_mask(copy, reason.len);
    return (struct str){copy, reason.len};
}

bool allow_add(struct diags *diags, const struct allow *allow)
{
    if (diags->allows == NULL) {
        diags->allows = arena_alloc(diags->arena, sizeof *diags->allows);
        map_init(&diags->allows->lines, diags->arena);
    }
    struct allows *allows = diags->allows;
    if (is_known(allows, allow)) {
        return true;
    }
    if (allows->count == ALLOW_MAX) {
        return false;
    }
    struct allow *kept = arena_alloc(diags->arena, sizeof *kept);
    *kept = *allow;
    kept->reason = copy_reason(diags->arena, allow->reason);
    for (size_t i = 0; i < kept->line_count; i++) {
        add_line(diags, kept, kept->lines[i]);
    }
    allows->at = arena_grow(diags->arena, allows->at, allows->count, allows->count + 1,
                            &allows->cap, sizeof(struct allow *));
    allows->at[allows->count++] = kept;
    return true;
}

struct allow *allow_find(const struct diags *diags, enum diag_code code,
                         const struct span *span)
{
    if (diags->allows == NULL || span->source == NULL) {
        return NULL;
    }
    const struct place *place = find_line(diags->allows, span->source, span->line);
    while (place != NULL && place->allow->code != code) {
        place = place->next;
    }
    return place != NULL ? place->allow : NULL;
}

const struct allow *allow_next(const struct diags *diags, size_t *at)
{
    const struct allows *allows = diags->allows;

    return allows == NULL || *at == allows->count ? NULL : allows->at[(*at)++];
}
