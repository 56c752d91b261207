// Items enter as JSON and stay so; an order over them is made when the first one asks for
// it. A page is a walk through that order: what is read is counted and measured, then
// filtered, then projected.
#include "engine.h"

#include "engine_range.h"
#include "heap.h"
#include "index_entry.h"
#include "item.h"
#include "projection.h"
#include "value_json.h"
#include "view.h"

#include <stdlib.h>

#define UNIT_BYTES 4096u // B085
#define FIRST_ITEMS ((size_t)256)
#define ITEM_JSON_MAX ((size_t)16 << 20)

struct engine {
    const struct table *table;
    struct arena arena; // of the items' texts
    struct str *items;  // count of them
    size_t count;
    size_t cap;
    struct view **views;  // of the table, then of its indexes; NULL: not made yet
    struct arena scratch; // of one item
};

struct engine *engine_new(const struct table *table)
{
    struct engine *engine = heap_calloc(1, sizeof *engine);
    engine->table = table;
    engine->views = heap_calloc(1 + table->index_count, sizeof(struct view *));
    return engine;
}

static void forget_views(struct engine *engine)
{
    for (size_t i = 0; i <= engine->table->index_count; i++) {
        if (engine->views[i] != NULL) {
            view_deinit(engine->views[i]);
            free(engine->views[i]);
            engine->views[i] = NULL;
        }
    }
}

void engine_free(struct engine *engine)
{
    if (engine == NULL) {
        return;
    }
    forget_views(engine);
    free((void *)engine->views);
    free(engine->items);
    arena_deinit(&engine->arena);
    arena_deinit(&engine->scratch);
    free(engine);
}

void engine_add(struct engine *engine, struct str json)
{
    forget_views(engine);
    if (engine->count == engine->cap) {
        engine->cap = engine->cap == 0 ? FIRST_ITEMS : engine->cap * 2;
        engine->items =
            heap_realloc(engine->items, engine->cap * sizeof *engine->items);
    }
    engine->items[engine->count++] = arena_str(&engine->arena, json);
}

static bool take_batch(void *context, struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        engine_add(context, batch_item_json(batch, i));
    }
    batch_reset(batch);
    return true;
}

struct batch_sink engine_sink(struct engine *engine)
{
    return (struct batch_sink){take_batch, engine};
}

static struct view *get_view(struct engine *engine, const struct secondary_index *index)
{
    size_t number = index == NULL ? 0 : 1 + (size_t)(index - engine->table->indexes);
    if (engine->views[number] == NULL) {
        struct view *view = heap_calloc(1, sizeof *view);
        view_init(view, engine->table, index);
        for (size_t i = 0; i < engine->count; i++) {
            view_add(view, engine->items[i], (uint32_t)i, &engine->scratch);
            arena_reset(&engine->scratch);
        }
        view_sort(view);
        engine->views[number] = view;
    }
    return engine->views[number];
}

// ---- an item

// A page on its way.
struct paging {
    struct engine *engine;
    const struct bound_query *bound;
    const struct secondary_index *index;
    const struct engine_item_sink *sink;
    struct engine_answer *out;
    uint64_t bytes;   // of what was read
    uint64_t fetched; // units of what was read of the table for a local index
    bool fetches;     // the projection names what the local index does not hold
    bool wanted;      // the sink said no: false
};

// What an index holds of an item.
static void keep_held(struct value_entry *entries, size_t *count,
                      const struct table *table, const struct secondary_index *index)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (table_index_holds(table, index, entries[i].name)) {
            entries[kept++] = entries[i];
        }
    }
    *count = kept;
}

static bool is_whole(const struct secondary_index *index)
{
    return index == NULL || index->projection.type == PROJECTION_ALL;
}

static void give_item(struct paging *paging, struct str json,
                      const struct value_entry *entries, size_t count)
{
    struct arena *scratch = &paging->engine->scratch;
    const struct projection_paths *paths = paging->bound->query->projection;
    struct value_entry *projected = NULL;
    size_t projected_count = 0;
    paging->out->count++;
    if (paging->bound->query->pattern->counts) {
        return;
    }
    if (paths == NULL && is_whole(paging->index)) {
        paging->wanted = paging->sink->item(paging->sink->context, json);
        return;
    }
    struct item item = {.count = count};
    item.attributes = arena_array(scratch, count, sizeof *item.attributes);
    for (size_t i = 0; i < count; i++) {
        item.attributes[i] = entries[i];
    }
    if (paths != NULL) {
        projection_apply(&projected, &projected_count, paths, entries, count, scratch);
        item.attributes = projected;
        item.count = projected_count;
    }
    struct buf text;
    buf_init(&text, ITEM_JSON_MAX);
    item_write(&text, &item);
    paging->wanted = paging->sink->item(paging->sink->context, buf_str(&text));
    buf_deinit(&text);
}

// Reads an item, and gives it where the filter holds.
static void read_item(struct paging *paging, struct str json)
{
    struct engine *engine = paging->engine;
    const struct query *query = paging->bound->query;
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    arena_reset(&engine->scratch);
    if (!value_json_read_item(&entries, &count, json, &engine->scratch, &why)) {
        return; // the compiler writes none
    }
    paging->out->scanned++;
    struct item whole = {.attributes = entries, .count = count};
    if (paging->fetches) {
        paging->fetched += (item_size(&whole) + UNIT_BYTES - 1) / UNIT_BYTES;
    }
    paging->bytes += is_whole(paging->index)
                         ? item_size(&whole)
                         : index_entry_size(engine->table, paging->index, &whole);
    if (!is_whole(paging->index) && !paging->fetches) {
        keep_held(entries, &count, engine->table, paging->index);
    }
    if (query->filter == NULL || filter_holds(query->filter, &paging->bound->filter,
                                              entries, count, &engine->scratch)) {
        give_item(paging, json, entries, count);
    }
}

// A local index whose entries lack what the projection names: the service reads it from
// the table.
static bool must_fetch(const struct paging *paging)
{
    const struct projection_paths *paths = paging->bound->query->projection;
    bool must = false;
    if (paging->index == NULL || !paging->index->local || paths == NULL) {
        return false;
    }
    for (size_t i = 0; i < paths->count && !must; i++) {
        must = !table_index_holds(paging->engine->table, paging->index,
                                  paths->at[i].steps[0].name);
    }
    return must;
}

// C045, B085: steps of 4 KB, half a unit for a read that need not be consistent; one that
// finds nothing is not free.
static uint64_t half_units(uint64_t bytes, uint64_t fetched, bool consistent)
{
    uint64_t units = (bytes + UNIT_BYTES - 1) / UNIT_BYTES + fetched;
    units = units == 0 ? 1 : units;
    return consistent ? 2 * units : units;
}

// The key of the last item that was read.
static void note_last(struct engine_answer *out, const struct engine_range *range,
                      struct str json, struct arena *arena)
{
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    struct str text = arena_str(arena, json);
    if (value_json_read_item(&entries, &count, text, arena, &why)) {
        out->last = engine_range_start_key(&out->last_count, range->view, entries,
                                           count, arena);
    }
}

bool engine_page(struct engine_answer *out, struct engine *engine,
                 const struct engine_ask *ask, const struct engine_item_sink *sink,
                 struct arena *arena, const char **why)
{
    const struct query *query = ask->bound->query;
    struct engine_range range = {.view = get_view(engine, query->index)};
    struct paging paging = {.engine = engine,
                            .bound = ask->bound,
                            .index = query->index,
                            .sink = sink,
                            .out = out,
                            .wanted = true};
    *out = (struct engine_answer){0};
    paging.fetches = must_fetch(&paging);
    if (!engine_range_find(&range, ask, arena, why)) {
        return false;
    }
    const struct view_entry *last = NULL;
    bool full = false;
    while (!full && paging.wanted && range.from < range.to) {
        bool forward = range.forward;
        last = &range.view->entries[forward ? range.from++ : --range.to];
        read_item(&paging, engine->items[last->item]);
        full = paging.bytes >= ENGINE_PAGE_BYTES ||
               (ask->limit > 0 && out->scanned >= ask->limit);
    }
    if (last != NULL && (full || !paging.wanted)) {
        note_last(out, &range, engine->items[last->item], arena);
    }
    out->half_units =
        half_units(paging.bytes, paging.fetched, query->pattern->consistent_read);
    return true;
}

void engine_get(struct engine_answer *out, struct engine *engine,
                const struct bound_query *bound, size_t key,
                const struct engine_item_sink *sink)
{
    struct paging paging = {
        .engine = engine, .bound = bound, .sink = sink, .out = out, .wanted = true};
    struct arena arena = {0};
    const struct view *view = get_view(engine, NULL);
    struct engine_range range = {.view = view};
    engine_range_of_key(&range, bound, key, &arena);
    if (range.from < range.to) {
        read_item(&paging, engine->items[view->entries[range.from].item]);
    }
    out->half_units +=
        half_units(paging.bytes, 0, bound->query->pattern->consistent_read);
    arena_deinit(&arena);
}
