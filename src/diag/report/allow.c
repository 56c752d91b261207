// Allowed warnings. In: codes and the lines that they are allowed on. Out: whether a
// warning is silent, and which of them silenced nothing.
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

// Whether these are warned of depends on the command, its options and the fixtures of
// the run, as those of the outside world depend on what servers say: that nothing was
// silenced today proves nothing.
static const enum diag_code CONDITIONAL[] = {
    DIAG_ALLOW_UNUSED,       DIAG_COPIES_DIFFER,     DIAG_ENTITY_UNFED,
    DIAG_HANDLE_PLACEHOLDER, DIAG_INDEX_KEY_SUM,     DIAG_INDEX_UNFILLED,
    DIAG_PROJECTION_UNMADE,  DIAG_ITEM_NEAR_LIMIT,   DIAG_KEY_DECOMPOSED,
    DIAG_LOCK_DRIFT,         DIAG_PATTERN_UNMATCHED, DIAG_SORT_ORDER,
    DIAG_TIME_RELATIVE,      DIAG_TIME_TO_LIVE_TYPE,
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

static bool is_conditional(enum diag_code code)
{
    if (diag_info_get(code)->class != DIAG_INPUT) {
        return true;
    }
    for (size_t i = 0; i < sizeof CONDITIONAL / sizeof CONDITIONAL[0]; i++) {
        if (CONDITIONAL[i] == code) {
            return true;
        }
    }
    return false;
}

void allow_report_unused(struct diags *diags)
{
    for (size_t i = 0; diags->allows != NULL && i < diags->allows->count; i++) {
        const struct allow *allow = diags->allows->at[i];
        if (allow->used || is_conditional(allow->code)) {
            continue;
        }
        struct diag *diag =
            diag_add(diags, DIAG_ALLOW_UNUSED, allow->span,
                     "this silences no warning '%s'", diag_info_get(allow->code)->name);
        diag_help(diags, diag,
                  "take it out; it belongs at the end of the warning's line "
                  "or directly above");
    }
}
