// Key conditions and start keys enter, bounds in the order of a view leave.
#include "engine_range.h"

#include "order_key.h"

#define KEY_BYTES_MAX ((size_t)64 * 1024)
#define PLACES 4096u // of segments

struct bounds {
    struct view_bound low;
    struct view_bound high;
};

// ---- a Query's conditions

static size_t find_condition(const struct pattern *pattern, struct str name)
{
    size_t i = 0;
    while (i < pattern->condition_count &&
           !str_eq(pattern->conditions[i].attribute, name)) {
        i++;
    }
    return i;
}

// The attributes that the conditions give by equality.
static struct value_entry *equal_entries(size_t *count, const struct bound_query *bound,
                                         size_t key, struct arena *arena)
{
    const struct pattern *pattern = bound->query->pattern;
    struct value_entry *entries =
        arena_array(arena, pattern->condition_count, sizeof *entries);
    *count = 0;
    for (size_t i = 0; i < pattern->condition_count; i++) {
        if (pattern->conditions[i].op == RANGE_EQ) {
            entries[(*count)++] =
                (struct value_entry){.name = pattern->conditions[i].attribute,
                                     .value = &bound->keys[key][i].of[0]};
        }
    }
    return entries;
}

static struct str with_value(const struct buf *prefix, const struct value *value,
                             bool begins, struct arena *arena)
{
    struct buf bytes;
    buf_init(&bytes, KEY_BYTES_MAX);
    buf_put(&bytes, buf_str(prefix));
    if (begins) {
        order_key_put_prefix(&bytes, value);
    } else {
        order_key_put(&bytes, value);
    }
    struct str out = arena_str(arena, buf_str(&bytes));
    buf_deinit(&bytes);
    return out;
}

// The last condition, which may be another one than equality.
static void bound_by(struct bounds *out, const struct buf *prefix,
                     enum range_operator op, const struct operands *operands,
                     struct arena *arena)
{
    struct str all = arena_str(arena, buf_str(prefix));
    struct str one =
        with_value(prefix, &operands->of[0], op == RANGE_BEGINS_WITH, arena);
    *out = (struct bounds){{all, false}, {all, true}};
    switch (op) {
    case RANGE_LT:
    case RANGE_LE:
        out->high = (struct view_bound){one, op == RANGE_LE};
        break;
    case RANGE_GT:
    case RANGE_GE:
        out->low = (struct view_bound){one, op == RANGE_GT};
        break;
    case RANGE_BETWEEN:
        out->low = (struct view_bound){one, false};
        out->high = (struct view_bound){
            with_value(prefix, &operands->of[1], false, arena), true};
        break;
    case RANGE_NONE:
    case RANGE_EQ:
    case RANGE_BEGINS_WITH:
    default:
        *out = (struct bounds){{one, false}, {one, true}};
        break;
    }
}

// A051, A052.
static void bounds_of_key(struct bounds *out, const struct view *view,
                          const struct bound_query *bound, size_t key,
                          struct arena *arena)
{
    const struct pattern *pattern = bound->query->pattern;
    const struct key_schema *schema = view_key(view);
    struct buf prefix;
    size_t count = 0;
    struct value_entry *entries = equal_entries(&count, bound, key, arena);
    buf_init(&prefix, KEY_BYTES_MAX);
    bool known = view_put_partition(&prefix, view, entries, count);
    struct str all = arena_str(arena, buf_str(&prefix));
    *out = (struct bounds){{all, !known}, {all, known}}; // else nothing is in it
    for (size_t i = 0; known && i < schema->range_count; i++) {
        size_t c = find_condition(pattern, schema->range[i].name);
        if (c == pattern->condition_count) {
            break;
        }
        enum range_operator op = pattern->conditions[c].op;
        bound_by(out, &prefix, op, &bound->keys[key][c], arena);
        if (op != RANGE_EQ) {
            break;
        }
        order_key_put(&prefix, &bound->keys[key][c].of[0]);
    }
    buf_deinit(&prefix);
}

// ---- a Scan's segments

// The first bytes of a partition, of which a segment has a part.
static struct view_bound place_bound(uint64_t segment, uint64_t segments,
                                     struct arena *arena)
{
    uint64_t place = (PLACES * segment + segments - 1) / segments;
    char *bytes = arena_alloc(arena, 2);
    if (place >= PLACES) {
        return (struct view_bound){(struct str){bytes, 0}, true};
    }
    bytes[0] = (char)(place >> 4U);
    bytes[1] = (char)((place & 15U) << 4U);
    return (struct view_bound){(struct str){bytes, 2}, false};
}

static void bounds_of_segment(struct bounds *out, const struct engine_ask *ask,
                              struct arena *arena)
{
    uint64_t segments = ask->segments > 0 ? ask->segments : 1;
    out->low = place_bound(ask->segment, segments, arena);
    out->high = place_bound(ask->segment + 1, segments, arena);
}

// ---- start keys

static bool add_part(struct value_entry *out, size_t *count, struct str name,
                     const struct value_entry *entries, size_t entry_count)
{
    for (size_t i = 0; i < *count; i++) {
        if (str_eq(out[i].name, name)) {
            return true;
        }
    }
    for (size_t i = 0; i < entry_count; i++) {
        if (str_eq(entries[i].name, name)) {
            out[(*count)++] = entries[i];
            return true;
        }
    }
    return false;
}

static bool add_parts(struct value_entry *out, size_t *out_count,
                      const struct key_schema *key, const struct value_entry *entries,
                      size_t count)
{
    bool all = true;
    for (size_t i = 0; i < key->hash_count; i++) {
        all = add_part(out, out_count, key->hash[i].name, entries, count) && all;
    }
    for (size_t i = 0; i < key->range_count; i++) {
        all = add_part(out, out_count, key->range[i].name, entries, count) && all;
    }
    return all;
}

const struct value_entry *engine_range_start_key(size_t *out_count,
                                                 const struct view *view,
                                                 const struct value_entry *entries,
                                                 size_t count, struct arena *arena)
{
    struct value_entry *out =
        arena_array(arena, 4 * (size_t)KEY_MAX_PARTS, sizeof *out);
    *out_count = 0;
    bool all = add_parts(out, out_count, &view->table->key, entries, count);
    all = (view->index == NULL ||
           add_parts(out, out_count, &view->index->key, entries, count)) &&
          all;
    return all ? out : NULL;
}

static bool is_within(struct str key, const struct bounds *bounds)
{
    bool above = str_starts(key, bounds->low.bytes)
                     ? !bounds->low.behind
                     : str_cmp(key, bounds->low.bytes) > 0;
    bool below = str_starts(key, bounds->high.bytes)
                     ? bounds->high.behind
                     : str_cmp(key, bounds->high.bytes) < 0;
    return above && below;
}

// The bound behind which the page begins, or before which it does.
static bool read_start(struct str *out, const struct engine_range *range,
                       const struct engine_ask *ask, const struct bounds *bounds,
                       struct arena *arena, const char **why)
{
    struct buf bytes;
    size_t parts = 0;
    const struct value_entry *key = engine_range_start_key(
        &parts, range->view, ask->start, ask->start_count, arena);
    buf_init(&bytes, KEY_BYTES_MAX);
    bool whole = key != NULL && parts == ask->start_count &&
                 view_put_key(&bytes, range->view, key, parts);
    *out = arena_str(arena, buf_str(&bytes));
    buf_deinit(&bytes);
    if (!whole) {
        *why = "it has to hold the keys of the table and of the index, with values of "
               "their types, and nothing else";
        return false;
    }
    *why = "it lies outside of what is asked for";
    return is_within(*out, bounds);
}

bool engine_range_find(struct engine_range *range, const struct engine_ask *ask,
                       struct arena *arena, const char **why)
{
    const struct pattern *pattern = ask->bound->query->pattern;
    bool query = pattern->operation == PATTERN_QUERY;
    struct bounds bounds = {0};
    range->forward = !query || pattern->scan_index_forward;
    if (query) {
        bounds_of_key(&bounds, range->view, ask->bound, 0, arena);
    } else {
        bounds_of_segment(&bounds, ask, arena);
    }
    if (ask->start != NULL) {
        struct str start;
        if (!read_start(&start, range, ask, &bounds, arena, why)) {
            return false;
        }
        if (range->forward) {
            bounds.low = (struct view_bound){start, true};
        } else {
            bounds.high = (struct view_bound){start, false};
        }
    }
    range->from = view_find(range->view, &bounds.low);
    range->to = view_find(range->view, &bounds.high);
    range->to = range->to < range->from ? range->from : range->to;
    return true;
}

void engine_range_of_key(struct engine_range *range, const struct bound_query *bound,
                         size_t key, struct arena *arena)
{
    struct bounds bounds;
    bounds_of_key(&bounds, range->view, bound, key, arena);
    range->from = view_find(range->view, &bounds.low);
    range->to = view_find(range->view, &bounds.high);
    range->forward = true;
}
