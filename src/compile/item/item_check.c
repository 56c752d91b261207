// An item against its table: keys, depth and sizes. Mistakes of a value stand at the
// value, those of the item at its place.
#include "item_check.h"

#include "advice.h"
#include "index_entry.h"

struct check {
    const struct item_origin *origin;
    const struct table *table;
    struct diags *diags;
};

static const char *quote(const struct check *check, struct str text)
{
    return diag_quote(check->diags, text);
}

// How a table uses an attribute as a key.
struct key_use {
    const char *what; // "the hash key", ...
    size_t max_bytes; // the narrowest of its uses (B050 to B053)
};

static void note_parts(struct key_use *use, const struct key_part *parts, size_t count,
                       struct str name, size_t max_bytes, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(parts[i].name, name) && max_bytes < use->max_bytes) {
            use->max_bytes = max_bytes;
            use->what = what;
        }
    }
}

static struct key_use key_use_of(const struct table *table, struct str name)
{
    struct key_use use = {.max_bytes = SIZE_MAX};
    const struct key_schema *key = &table->key;
    note_parts(&use, key->hash, key->hash_count, name, KEY_HASH_MAX_BYTES,
               "the hash key");
    note_parts(&use, key->range, key->range_count, name, KEY_RANGE_MAX_BYTES,
               "the range key");
    for (size_t i = 0; i < table->index_count; i++) {
        key = &table->indexes[i].key;
        note_parts(&use, key->hash, key->hash_count, name, KEY_HASH_MAX_BYTES,
                   "an index's key attribute");
        note_parts(&use, key->range, key->range_count, name, KEY_RANGE_MAX_BYTES,
                   "an index's key attribute");
    }
    return use;
}

// "entity 'x'", or "the item" as it was written.
static const char *origin_name(const struct check *check)
{
    if (check->origin->entity == NULL) {
        return "the item";
    }
    return arena_printf(check->diags->arena, "entity %s",
                        quote(check, check->origin->entity->name))
        .at;
}

static struct advice advice_at(const struct check *check, struct span at)
{
    const struct entity *entity = check->origin->entity;
    struct str name = entity != NULL ? entity->name : (struct str){0};
    return (struct advice){check->diags, name, at};
}

// A value that stands in the fixture is shown there, one that was made at its row.
static struct span value_place(const struct check *check, const struct value *value)
{
    return value->span.source == check->origin->span.source ? value->span
                                                            : check->origin->span;
}

// True for what an entity says itself: that was looked at with the entity.
static bool is_constant(const struct entity *entity, struct str name)
{
    for (size_t i = 0; entity != NULL && i < entity->count; i++) {
        if (str_eq(entity->attributes[i].name, name)) {
            return entity->attributes[i].value->type != VALUE_TEMPLATE;
        }
    }
    return false;
}

static bool check_key(const struct check *check,
                      const struct attribute_definition *definition,
                      const struct value *value)
{
    struct diags *diags = check->diags;
    struct key_use use = key_use_of(check->table, definition->name);
    struct span place = value_place(check, value);
    bool scalar =
        value->type == VALUE_S || value->type == VALUE_N || value->type == VALUE_B;
    // B056
    if (!scalar || value_type_name(value->type)[0] != definition->type) {
        struct diag *diag = diag_add(
            diags, DIAG_KEY_TYPE, place, "%s %s of %s must be of type %c", use.what,
            quote(check, definition->name), origin_name(check), definition->type);
        diag_related(diags, diag, definition->span, "defined here");
        return false;
    }
    size_t len = value->text.len;
    if (len == 0) { // B054, B055
        diag_add(diags, DIAG_KEY_EMPTY, place, "%s %s of %s is empty", use.what,
                 quote(check, definition->name), origin_name(check));
        return false;
    }
    if (value->type != VALUE_N && len > use.max_bytes) { // B050 to B052
        diag_add(diags, DIAG_KEY_SIZE, place,
                 "%s %s of %s has %zu bytes, and takes %zu", use.what,
                 quote(check, definition->name), origin_name(check), len,
                 use.max_bytes);
        return false;
    }
    if (value->type == VALUE_S &&
        !is_constant(check->origin->entity, definition->name)) {
        struct advice advice = advice_at(check, place);
        (void)advice_spelling(&advice, use.what, definition->name, value->text);
    }
    return true;
}

static bool check_keys(const struct check *check, const struct item *item, bool own)
{
    const struct table *table = check->table;
    bool ok = true;
    for (size_t i = 0; i < table->attribute_count; i++) {
        const struct attribute_definition *definition = &table->attributes[i];
        const struct value_entry *attribute = item_find(item, definition->name);
        bool of_table = table_key_uses(&table->key, definition->name);
        if (own && !of_table) {
            continue;
        }
        if (attribute != NULL) {
            ok = check_key(check, definition, attribute->value) && ok;
        } else if (of_table) { // B057
            diag_add(check->diags, DIAG_ITEM_KEY, check->origin->span,
                     "%s lacks the key attribute %s of table %s", origin_name(check),
                     quote(check, definition->name), quote(check, table->name));
            ok = false;
        }
    }
    return ok;
}

// What the item's entries in local indexes take (A066).
static size_t local_size(const struct table *table, const struct item *item)
{
    size_t size = 0;
    for (size_t i = 0; i < table->index_count; i++) {
        const struct secondary_index *index = &table->indexes[i];
        if (index->local && index_entry_exists(table, index, item)) {
            size += index_entry_size(table, index, item);
        }
    }
    return size;
}

static bool check_size(const struct check *check, const struct item *item)
{
    size_t size = item_size(item);
    if (item->oversized || size > ITEM_MAX_BYTES) { // B070
        diag_add(check->diags, DIAG_ITEM_SIZE, check->origin->span,
                 "%s makes %zu bytes or more, and an item takes %zu",
                 origin_name(check), size, ITEM_MAX_BYTES);
        return false;
    }
    size_t local = local_size(check->table, item);
    if (size + local > ITEM_MAX_BYTES) { // A066
        diag_add(check->diags, DIAG_ITEM_SIZE, check->origin->span,
                 "%s makes %zu bytes with entries in local indexes, and an item takes "
                 "%zu with them",
                 origin_name(check), size + local, ITEM_MAX_BYTES);
        return false;
    }
    if (size > ITEM_NEAR_BYTES) { // B082
        struct advice advice = advice_at(check, check->origin->span);
        advice_size(&advice, size);
    }
    return true;
}

// The bytes of the values together; 0 when the item lacks one of them.
static size_t sum_parts(const struct item *item, const struct key_part *parts,
                        size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        const struct value_entry *attribute = item_find(item, parts[i].name);
        if (attribute == NULL) {
            return 0;
        }
        size += value_size(attribute->value);
    }
    return size;
}

// A056. An item without one of the key's attributes is not in the index.
static void check_key_sums(const struct check *check, const struct item *item)
{
    struct advice advice = advice_at(check, check->origin->span);
    for (size_t i = 0; i < check->table->index_count; i++) {
        const struct secondary_index *index = &check->table->indexes[i];
        const struct key_schema *key = &index->key;
        size_t hash = sum_parts(item, key->hash, key->hash_count);
        size_t range = sum_parts(item, key->range, key->range_count);
        if (hash == 0 || (range == 0 && key->range_count > 0)) {
            continue;
        }
        if (key->hash_count > 1 && hash > KEY_HASH_MAX_BYTES) {
            advice_key_sum(&advice, index, key->hash_count, KEY_HASH_MAX_BYTES, hash);
        }
        if (key->range_count > 1 && range > KEY_RANGE_MAX_BYTES) {
            advice_key_sum(&advice, index, key->range_count, KEY_RANGE_MAX_BYTES,
                           range);
        }
    }
}

static void check_time_to_live(const struct check *check, const struct item *item)
{
    struct str name = advice_expiry(check->table);
    const struct value_entry *attribute = item_find(item, name);
    if (name.len > 0 && attribute != NULL) {
        struct advice advice = advice_at(check, value_place(check, attribute->value));
        advice_time_to_live(&advice, name, attribute->value);
    }
}

static bool check_limits(const struct check *check, const struct item *item)
{
    struct diags *diags = check->diags;
    bool ok = true;
    for (size_t i = 0; i < item->count; i++) {
        const struct value_entry *attribute = &item->attributes[i];
        if (value_depth(attribute->value) > VALUE_MAX_DEPTH) { // B012
            diag_add(diags, DIAG_VALUE_DEPTH, value_place(check, attribute->value),
                     "attribute %s of %s nests more than %d levels",
                     quote(check, attribute->name), origin_name(check),
                     VALUE_MAX_DEPTH);
            ok = false;
        }
    }
    return check_size(check, item) && ok;
}

bool item_check_key(const struct item *item, const struct item_origin *origin,
                    const struct table *table, struct diags *diags)
{
    struct check check = {origin, table, diags};
    return check_keys(&check, item, true);
}

bool item_check(const struct item *item, const struct item_origin *origin,
                const struct table *table, struct diags *diags)
{
    struct check check = {origin, table, diags};
    bool keys = check_keys(&check, item, false);
    if (!check_limits(&check, item) || !keys) {
        return false;
    }
    check_key_sums(&check, item);
    check_time_to_live(&check, item);
    return true;
}
