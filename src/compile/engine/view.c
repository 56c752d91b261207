// Items enter as JSON, an order over them leaves. Only key attributes are read.
#include "view.h"

#include "base64.h"
#include "heap.h"
#include "json_read.h"
#include "order_key.h"

#include <stdlib.h>

#define KEY_PARTS_MAX ((size_t)4 * KEY_MAX_PARTS)
#define KEY_BYTES_MAX ((size_t)64 * 1024)
#define FIRST_ENTRIES ((size_t)256)

void view_init(struct view *view, const struct table *table,
               const struct secondary_index *index)
{
    *view = (struct view){.table = table, .index = index};
    buf_init(&view->key, KEY_BYTES_MAX);
    buf_init(&view->partition, KEY_BYTES_MAX);
}

void view_deinit(struct view *view)
{
    free(view->entries);
    arena_deinit(&view->arena);
    buf_deinit(&view->key);
    buf_deinit(&view->partition);
}

const struct key_schema *view_key(const struct view *view)
{
    return view->index != NULL ? &view->index->key : &view->table->key;
}

static const struct value *find_part(const struct view *view, struct str name,
                                     const struct value_entry *entries, size_t count)
{
    const struct attribute_definition *definition =
        table_find_attribute(view->table, name);
    for (size_t i = 0; i < count; i++) {
        const struct value *value = entries[i].value;
        if (str_eq(entries[i].name, name)) {
            bool fits = definition != NULL && value->type <= VALUE_B &&
                        value_type_name(value->type)[0] == definition->type &&
                        value->text.len > 0;
            return fits ? value : NULL;
        }
    }
    return NULL;
}

// The values of some parts of a key. False: one is missing, or is none.
static bool find_parts(const struct value **out, const struct view *view,
                       const struct key_part *parts, size_t part_count,
                       const struct value_entry *entries, size_t count)
{
    for (size_t i = 0; i < part_count; i++) {
        out[i] = find_part(view, parts[i].name, entries, count);
        if (out[i] == NULL) {
            return false;
        }
    }
    return true;
}

static void put_values(struct buf *out, const struct value *const *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        order_key_put(out, values[i]);
    }
}

// What the last partition begins with, where it is the same one: its place is known.
static bool is_last(const struct view *view, struct str hash)
{
    struct str last = buf_str(&view->partition);
    return last.len == PLACE_BYTES + hash.len &&
           str_eq(str_skip(last, PLACE_BYTES), hash);
}

bool view_put_partition(struct buf *out, const struct view *view,
                        const struct value_entry *entries, size_t count)
{
    const struct key_schema *key = view_key(view);
    const struct value *values[KEY_PARTS_MAX];
    size_t from = out->len;
    if (!find_parts(values, view, key->hash, key->hash_count, entries, count)) {
        return false;
    }
    put_values(out, values, key->hash_count);
    struct str hash = {out->at + from, out->len - from};
    if (is_last(view, hash)) {
        out->len = from;
        buf_put(out, buf_str(&view->partition));
        return true;
    }
    out->len = from;
    order_key_put_place(out, values, key->hash_count);
    put_values(out, values, key->hash_count);
    return true;
}

static bool put_key(struct buf *out, const struct view *view, size_t *partition_len,
                    const struct value_entry *entries, size_t count)
{
    const struct key_schema *key = view_key(view);
    const struct key_schema *own = &view->table->key;
    const struct value *values[KEY_PARTS_MAX];
    size_t from = out->len;
    if (!view_put_partition(out, view, entries, count) ||
        !find_parts(values, view, key->range, key->range_count, entries, count)) {
        return false;
    }
    *partition_len = out->len - from;
    put_values(out, values, key->range_count);
    if (view->index == NULL) {
        return true;
    }
    if (!find_parts(values, view, own->hash, own->hash_count, entries, count) ||
        !find_parts(values + own->hash_count, view, own->range, own->range_count,
                    entries, count)) {
        return false;
    }
    order_key_put_place(out, values, own->hash_count + own->range_count);
    put_values(out, values, own->hash_count + own->range_count);
    return true;
}

bool view_put_key(struct buf *out, const struct view *view,
                  const struct value_entry *entries, size_t count)
{
    size_t partition_len = 0;
    return put_key(out, view, &partition_len, entries, count);
}

static bool is_key(const struct view *view, struct str name)
{
    return table_key_uses(view_key(view), name) ||
           (view->index != NULL && table_key_uses(&view->table->key, name));
}

// {"S":"..."} of a key attribute, which is the reader's next value. False: it is no
// string, number or binary.
static bool read_scalar(struct value *out, struct json_reader *reader,
                        struct arena *arena)
{
    if (json_next(reader) != JSON_OBJECT_BEGIN || json_next(reader) != JSON_NAME) {
        return false;
    }
    struct str type = json_text(reader);
    *out = (struct value){.type = str_is(type, "N")   ? VALUE_N
                                  : str_is(type, "B") ? VALUE_B
                                                      : VALUE_S};
    if (type.len != 1 || json_next(reader) != JSON_STRING) {
        return false;
    }
    out->text = json_text(reader);
    return (out->type != VALUE_B || base64_decode(&out->text, out->text, arena)) &&
           json_next(reader) == JSON_OBJECT_END;
}

// The attributes of an item that the view's keys name. False: the JSON is none.
static bool read_keys(struct value_entry *out, size_t *count, const struct view *view,
                      struct str json, struct arena *scratch)
{
    struct json_reader reader;
    enum json_token token;
    struct str raw;
    json_reader_init(&reader, json, scratch);
    if (json_next(&reader) != JSON_OBJECT_BEGIN) {
        return false;
    }
    while ((token = json_next(&reader)) == JSON_NAME) {
        struct str name = json_text(&reader);
        if (is_key(view, name) && *count < KEY_PARTS_MAX) {
            out[*count].name = name;
            out[*count].value = arena_alloc(scratch, sizeof *out[*count].value);
            if (!read_scalar(out[*count].value, &reader, scratch)) {
                return false;
            }
            (*count)++;
        } else if (json_next(&reader) == JSON_ERROR || !json_skip(&reader, &raw)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

void view_add(struct view *view, struct str json, uint32_t item, struct arena *scratch)
{
    struct value_entry keys[KEY_PARTS_MAX];
    size_t count = 0;
    size_t partition_len = 0;
    buf_reset(&view->key);
    if (!read_keys(keys, &count, view, json, scratch) ||
        !put_key(&view->key, view, &partition_len, keys, count)) {
        return;
    }
    struct str key = arena_str(&view->arena, buf_str(&view->key));
    if (view->count == view->cap) {
        view->cap = view->cap == 0 ? FIRST_ENTRIES : view->cap * 2;
        view->entries = heap_realloc(view->entries, view->cap * sizeof *view->entries);
    }
    view->entries[view->count++] = (struct view_entry){key.at, (uint32_t)key.len, item};
    // Messages of one conversation come one after another: where their partition is need
    // not be worked out again.
    struct str partition = {key.at, partition_len};
    if (!str_eq(partition, buf_str(&view->partition))) {
        buf_reset(&view->partition);
        buf_put(&view->partition, partition);
    }
}

static int compare_entries(const void *left, const void *right)
{
    const struct view_entry *a = left;
    const struct view_entry *b = right;
    return str_cmp((struct str){a->key, a->key_len}, (struct str){b->key, b->key_len});
}

void view_sort(struct view *view)
{
    if (view->count > 0) {
        qsort(view->entries, view->count, sizeof *view->entries, compare_entries);
    }
}

static bool is_before(const struct view_entry *entry, const struct view_bound *bound)
{
    struct str key = {entry->key, entry->key_len};
    if (str_starts(key, bound->bytes)) {
        return bound->behind;
    }
    return str_cmp(key, bound->bytes) < 0;
}

size_t view_find(const struct view *view, const struct view_bound *bound)
{
    size_t low = 0;
    size_t high = view->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(&view->entries[middle], bound)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
