// Live items enter, one by one; counts leave. An item without one of the index's key
// attributes is simply not in it (A050); one that has them all, of another type, empty
// or too long, is left out as well, and nobody says so.
#include "index_build.h"

#include "buf.h"
#include "index_entry.h"
#include "json_write.h"

#define UNIT_BYTES 1024 // B085
#define TEXT_MAX ((size_t)16 << 10)
#define SHOWN_BYTES 200 // of a key

// What is wrong with an attribute as a part of the key; empty: nothing.
static struct str misfit(const struct table *table, const struct value_entry *attribute,
                         size_t max, struct arena *arena)
{
    const struct attribute_definition *definition =
        table_find_attribute(table, attribute->name);
    const struct value *value = attribute->value;
    const char *type = value_type_name(value->type);
    if (definition == NULL) {
        return STR("");
    }
    if (value->type > VALUE_B || type[0] != definition->type) {
        return arena_printf(arena, "%.*s is %s, not %c", STR_ARG(attribute->name), type,
                            definition->type);
    }
    if (value->text.len == 0) {
        return arena_printf(arena, "%.*s is empty", STR_ARG(attribute->name));
    }
    // Of numbers and base64 the text is no measure, and both are far from the limit.
    return value->type == VALUE_S && value->text.len > max
               ? arena_printf(arena, "%.*s has %zu bytes, more than %zu",
                              STR_ARG(attribute->name), value->text.len, max)
               : STR("");
}

// *why: the first attribute of these that does not fit. False: the item lacks one.
static bool look_at_parts(struct str *why, const struct index_build *build,
                          const struct key_part *parts, size_t count, size_t max,
                          const struct item *item, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const struct value_entry *attribute = item_find(item, parts[i].name);
        if (attribute == NULL) {
            return false;
        }
        if (why->len == 0) {
            *why = misfit(build->table, attribute, max, arena);
        }
    }
    return true;
}

// A value's beginning, as JSON.
static void put_value(struct buf *out, const struct value *value)
{
    struct str text = value->text;
    if (value->type == VALUE_N) {
        buf_put(out, text);
        return;
    }
    size_t len = text.len;
    for (len = len < SHOWN_BYTES ? len : SHOWN_BYTES;
         len < text.len && len > 0 && ((unsigned char)text.at[len] & 0xc0U) == 0x80U;
         len--) {
    }
    buf_char(out, '"');
    json_put_escaped(out, (struct str){text.at, len});
    buf_puts(out, len < text.len ? "…\"" : "\"");
}

static struct str describe_key(const struct table *table, const struct item *item,
                               struct arena *arena)
{
    const struct key_part *parts[] = {&table->key.hash[0], &table->key.range[0]};
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (size_t i = 0; i < 2 && i < 1 + table->key.range_count; i++) {
        const struct value_entry *attribute = item_find(item, parts[i]->name);
        buf_puts(&out, i > 0 ? " " : "");
        buf_put(&out, parts[i]->name);
        buf_char(&out, ' ');
        if (attribute != NULL) { // every item has its key
            put_value(&out, attribute->value);
        }
    }
    struct str text = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    return text;
}

static void take_entry(struct index_build *build, const struct item *item)
{
    size_t size = index_entry_size(build->table, build->index, item);
    build->entries++;
    build->write_units += size / UNIT_BYTES + (size % UNIT_BYTES != 0 ? 1 : 0);
}

void index_build_take(struct index_build *build, const struct item *item, bool replaced,
                      struct arena *arena)
{
    const struct key_schema *key = &build->index->key;
    struct arena scratch = {0};
    struct str why = STR("");
    bool whole = look_at_parts(&why, build, key->hash, key->hash_count,
                               KEY_HASH_MAX_BYTES, item, &scratch) &&
                 look_at_parts(&why, build, key->range, key->range_count,
                               KEY_RANGE_MAX_BYTES, item, &scratch);
    if (whole && why.len == 0) {
        take_entry(build, item);
    } else if (whole && !replaced && build->unfit++ == 0) {
        build->example = describe_key(build->table, item, arena);
        build->why = arena_str(arena, why);
    }
    arena_deinit(&scratch);
}
