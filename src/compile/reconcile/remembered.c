// Entries to a spool and back. Names are kept in memory, once each; the rest of an entry
// is where it was put.
#include "remembered.h"

#include <string.h>

#define RECORD_MAX ((size_t)32 << 20)

struct known_names {
    uint32_t number;
    struct ledger_attribute *attributes; // count of them, without prints
    size_t count;
};

// As it stands in the spool, before the fingerprints, the key and the item.
struct record {
    uint64_t before; // the place of an older one of this key
    uint64_t identity;
    uint32_t entity;
    uint32_t shape;
    uint32_t hash_len;
    uint32_t range_len;
    uint32_t json_len;
    uint8_t noted;
    uint8_t over;
    uint8_t unused[2];
};

void remembered_init(struct remembered *remembered)
{
    *remembered = (struct remembered){0};
    map_init(&remembered->shapes, &remembered->arena);
    map_init(&remembered->entities, &remembered->arena);
    spool_init(&remembered->spool);
    buf_init(&remembered->text, RECORD_MAX);
}

void remembered_deinit(struct remembered *remembered)
{
    spool_deinit(&remembered->spool);
    buf_deinit(&remembered->text);
    arena_deinit(&remembered->arena);
}

// The number of a name, from 1; of none 0.
static uint32_t entity_number(struct remembered *remembered, struct str name)
{
    bool added = false;
    if (name.len == 0) {
        return 0;
    }
    const uint32_t *known = map_find(&remembered->entities, name);
    if (known != NULL) {
        return *known;
    }
    uint32_t *number = arena_alloc(&remembered->arena, sizeof *number);
    size_t count = remembered->entities.count;
    struct str kept = arena_str(&remembered->arena, name);
    map_add(&remembered->entities, kept, &added)->value = number;
    remembered->names =
        arena_grow(&remembered->arena, remembered->names, count, count + 1,
                   &remembered->name_cap, sizeof(struct str));
    remembered->names[count] = kept;
    remembered->bytes += name.len;
    *number = (uint32_t)count + 1;
    return *number;
}

static void put_length(struct buf *out, size_t len)
{
    buf_put(out, (struct str){(const char *)&len, sizeof len});
}

static struct known_names *add_shape(struct remembered *remembered,
                                     const struct ledger_entry *entry)
{
    struct arena *arena = &remembered->arena;
    size_t count = remembered->shapes.count;
    struct known_names *shape = arena_alloc(arena, sizeof *shape);
    *shape = (struct known_names){
        .number = (uint32_t)count,
        .attributes = arena_array(arena, entry->count, sizeof *shape->attributes),
        .count = entry->count,
    };
    for (size_t i = 0; i < entry->count; i++) {
        shape->attributes[i] = (struct ledger_attribute){
            .name = arena_str(arena, entry->attributes[i].name),
            .on_create = entry->attributes[i].on_create};
        remembered->bytes += entry->attributes[i].name.len + sizeof *shape->attributes;
    }
    bool added = false;
    struct str text = arena_str(arena, buf_str(&remembered->text));
    map_add(&remembered->shapes, text, &added)->value = shape;
    remembered->bytes += text.len;
    remembered->by_number =
        arena_grow(arena, remembered->by_number, count, count + 1,
                   &remembered->shape_cap, sizeof(struct known_names *));
    remembered->by_number[count] = shape;
    return shape;
}

static const struct known_names *find_shape(struct remembered *remembered,
                                            const struct ledger_entry *entry)
{
    struct buf *text = &remembered->text;
    buf_reset(text);
    for (size_t i = 0; i < entry->count; i++) {
        put_length(text, entry->attributes[i].name.len);
        buf_char(text, entry->attributes[i].on_create ? 1 : 0);
        buf_put(text, entry->attributes[i].name);
    }
    struct known_names *shape = map_find(&remembered->shapes, buf_str(text));
    return shape != NULL ? shape : add_shape(remembered, entry);
}

bool remembered_put(struct remembered *remembered, uint64_t *place,
                    const struct ledger_entry *entry, struct str json, const char **why)
{
    const struct known_names *shape = find_shape(remembered, entry);
    struct record record = {
        .before = *place,
        .identity = entry->identity,
        .entity = entity_number(remembered, entry->entity),
        .shape = shape->number,
        .hash_len = (uint32_t)entry->hash.len,
        .range_len = (uint32_t)entry->range.len,
        .json_len = (uint32_t)json.len,
        .noted = remembered->noting ? 1 : 0,
        .over = entry->over ? 1 : 0,
    };
    struct buf *text = &remembered->text;
    buf_reset(text);
    buf_put(text, (struct str){(const char *)&record, sizeof record});
    for (size_t i = 0; i < entry->count; i++) {
        uint64_t print = entry->attributes[i].print;
        buf_put(text, (struct str){(const char *)&print, sizeof print});
    }
    buf_put(text, entry->hash);
    buf_put(text, entry->range);
    buf_put(text, json);
    *why = "it names too many attributes";
    if (remembered->bytes > REMEMBERED_NAMES_MAX || text->overflowed) {
        return false;
    }
    *why = "it cannot be kept in a temporary file (TMPDIR says in which folder)";
    uint64_t at = 0;
    if (!spool_put(&remembered->spool, &at, buf_str(text))) {
        return false;
    }
    *place = at + 1;
    return true;
}

// The bytes behind a record's head, *bytes borrowed until the next one.
static bool read_record(struct record *record, const char **bytes,
                        struct remembered *remembered, uint64_t place)
{
    struct buf *text = &remembered->text;
    buf_reset(text);
    if (!spool_get(&remembered->spool, text, place - 1, sizeof *record)) {
        return false;
    }
    memcpy(record, text->at, sizeof *record);
    size_t count = remembered->by_number[record->shape]->count;
    size_t rest = count * sizeof(uint64_t) + record->hash_len + record->range_len +
                  record->json_len;
    if (!spool_get(&remembered->spool, text, place - 1 + sizeof *record, rest)) {
        return false;
    }
    *bytes = text->at + sizeof *record;
    return true;
}

static struct str take(const char **bytes, size_t len, struct arena *arena)
{
    struct str text = arena_str(arena, (struct str){*bytes, len});
    *bytes += len;
    return text;
}

static void read_entry(struct remembered_entry *out, const struct record *record,
                       const char *bytes, const struct remembered *remembered,
                       struct arena *arena)
{
    const struct known_names *shape = remembered->by_number[record->shape];
    struct ledger_attribute *attributes =
        arena_array(arena, shape->count, sizeof *attributes);
    for (size_t i = 0; i < shape->count; i++) {
        attributes[i] = shape->attributes[i];
        memcpy(&attributes[i].print, bytes, sizeof(uint64_t));
        bytes += sizeof(uint64_t);
    }
    out->noted = record->noted != 0;
    out->entry = (struct ledger_entry){
        .entity = record->entity > 0 ? remembered->names[record->entity - 1]
                                     : (struct str){0},
        .identity = record->identity,
        .attributes = attributes,
        .count = shape->count,
        .over = record->over != 0,
    };
    out->entry.hash = take(&bytes, record->hash_len, arena);
    out->entry.range = take(&bytes, record->range_len, arena);
    out->json = take(&bytes, record->json_len, arena);
}

bool remembered_get(struct remembered_entry **out, size_t *count,
                    struct remembered *remembered, uint64_t place, struct arena *arena)
{
    size_t cap = 0;
    *out = NULL;
    *count = 0;
    while (place > 0) {
        struct record record;
        const char *bytes = NULL;
        if (!read_record(&record, &bytes, remembered, place)) {
            return false;
        }
        *out = arena_grow(arena, *out, *count, *count + 1, &cap,
                          sizeof(struct remembered_entry));
        read_entry(&(*out)[(*count)++], &record, bytes, remembered, arena);
        place = record.before;
    }
    return true;
}
