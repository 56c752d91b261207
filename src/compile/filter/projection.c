// Paths enter; what they leave of an item.
#include "projection.h"

#include "filter.h"
#include "filter_lex.h"
#include "path_read.h"

static bool read_path(struct document_path *out, const struct written *written,
                      const struct table *table, struct arena *arena,
                      struct diags *diags)
{
    struct filter_lexer lexer;
    filter_lexer_init(&lexer, written, DIAG_PROJECTION_PATH, arena, diags);
    if (filter_lexer_next(&lexer) == TOKEN_ERROR || !path_read(out, &lexer)) {
        return false;
    }
    if (lexer.token != TOKEN_END) {
        diag_add(
            diags, DIAG_PROJECTION_PATH,
            filter_lexer_span(&lexer, lexer.from, lexer.to),
            "a path is names with dots between them, and [0] for elements of lists");
        return false;
    }
    return path_check_key(out, table, DIAG_PROJECTION_PATH, diags);
}

// The service refuses a path within another one, and a[0] beside a.b.
static bool check_pair(const struct document_path *before,
                       const struct document_path *path, struct diags *diags)
{
    size_t common = 0;
    while (common < before->count && common < path->count &&
           path_step_equal(&before->steps[common], &path->steps[common])) {
        common++;
    }
    bool overlap = common == before->count || common == path->count;
    bool conflict =
        !overlap && before->steps[common].is_index != path->steps[common].is_index;
    if (!overlap && !conflict) {
        return true;
    }
    struct diag *diag = diag_add(
        diags, DIAG_PROJECTION_PATH, path->span,
        overlap ? "two paths of the projection overlap"
                : "one path of the projection leads into a list, where another leads "
                  "into a map");
    diag_related(diags, diag, before->span, "the other one");
    return false;
}

const struct projection_paths *projection_read(const struct pattern *pattern,
                                               const struct table *table,
                                               struct arena *arena, struct diags *diags)
{
    size_t count = pattern->projection_count;
    struct document_path *paths = arena_array(arena, count, sizeof *paths);
    struct projection_paths *out = arena_alloc(arena, sizeof *out);
    bool ok = true;
    size_t read = 0;
    for (size_t i = 0; i < count; i++) {
        if (pattern->projection[i].span.source == NULL ||
            !read_path(&paths[read], &pattern->projection[i], table, arena, diags)) {
            ok = false;
            continue;
        }
        bool apart = true;
        for (size_t k = 0; k < read && apart; k++) {
            apart = check_pair(&paths[k], &paths[read], diags);
        }
        ok = apart && ok;
        read++;
    }
    *out = (struct projection_paths){paths, read};
    return ok ? out : NULL;
}

// ---- an item

// Some of the paths, from one of their steps on.
struct level {
    const struct document_path **paths; // count of them
    size_t count;
    size_t depth;
    struct arena *arena;
};

// Those of a level that go on by this name, or this index. *whole: one ends there.
static struct level go_on(const struct level *level, const struct path_step *by,
                          bool *whole)
{
    struct level next = {.depth = level->depth + 1, .arena = level->arena};
    next.paths =
        arena_array(level->arena, level->count, sizeof(struct document_path *));
    *whole = false;
    for (size_t i = 0; i < level->count; i++) {
        const struct document_path *path = level->paths[i];
        if (path_step_equal(&path->steps[level->depth], by)) {
            *whole = *whole || path->count == next.depth;
            next.paths[next.count++] = path;
        }
    }
    return next;
}

static struct value *take(const struct level *level, struct value *value);

static void take_entries(struct value_entry **out, size_t *out_count,
                         const struct level *level, const struct value_entry *entries,
                         size_t count)
{
    *out = arena_array(level->arena, count, sizeof **out);
    *out_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct path_step by = {.name = entries[i].name};
        bool whole = false;
        struct level next = go_on(level, &by, &whole);
        struct value *value = whole            ? entries[i].value
                              : next.count > 0 ? take(&next, entries[i].value)
                                               : NULL;
        if (value != NULL) {
            (*out)[(*out_count)++] =
                (struct value_entry){.name = entries[i].name, .value = value};
        }
    }
}

static struct value *take_elements(const struct level *level, const struct value *list)
{
    struct value *out = arena_alloc(level->arena, sizeof *out);
    *out = (struct value){.type = VALUE_L};
    out->items = arena_array(level->arena, list->count, sizeof(struct value *));
    for (uint32_t i = 0; i < list->count; i++) {
        struct path_step by = {.index = i, .is_index = true};
        bool whole = false;
        struct level next = go_on(level, &by, &whole);
        struct value *value = whole            ? list->items[i]
                              : next.count > 0 ? take(&next, list->items[i])
                                               : NULL;
        if (value != NULL) {
            out->items[out->count++] = value;
        }
    }
    return out->count > 0 ? out : NULL;
}

// What the level's paths lead to inside a value. NULL: to nothing.
static struct value *take(const struct level *level, struct value *value)
{
    if (value->type == VALUE_L) {
        return take_elements(level, value);
    }
    if (value->type != VALUE_M) {
        return NULL;
    }
    struct value *out = arena_alloc(level->arena, sizeof *out);
    size_t count = 0;
    struct value_entry *entries = NULL;
    take_entries(&entries, &count, level, value->entries, value->count);
    *out = (struct value){.type = VALUE_M, .count = (uint32_t)count};
    out->entries = entries;
    return count > 0 ? out : NULL;
}

void projection_apply(struct value_entry **out, size_t *out_count,
                      const struct projection_paths *paths,
                      const struct value_entry *entries, size_t count,
                      struct arena *arena)
{
    struct level level = {.count = paths->count, .arena = arena};
    level.paths = arena_array(arena, paths->count, sizeof(struct document_path *));
    for (size_t i = 0; i < paths->count; i++) {
        level.paths[i] = &paths->at[i];
    }
    take_entries(out, out_count, &level, entries, count);
}

void projection_write(struct buf *out, struct placeholders *placeholders,
                      const struct projection_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        buf_puts(out, i > 0 ? ", " : "");
        filter_put_path(out, placeholders, &paths->at[i]);
    }
}
