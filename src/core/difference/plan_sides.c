// An attribute and what becomes of it enter, lines with all its sides leave.
#include "plan_sides.h"

#include "map.h"
#include "value_json.h"

#define INNER "    "

static bool is_fate(enum attribute_fate fate, enum attribute_fate wanted)
{
    return fate == wanted || (wanted == ATTRIBUTE_TAKEN && fate == ATTRIBUTE_RESTORED);
}

bool plan_sides_is(const struct item_change *change, struct str name,
                   enum attribute_fate fate)
{
    for (size_t i = 0; i < change->attribute_count; i++) {
        if (change->attributes[i].fate == fate &&
            str_eq(change->attributes[i].name, name)) {
            return true;
        }
    }
    return false;
}

bool plan_sides_restore(const struct item_change *change)
{
    bool any = false;
    for (size_t i = 0; i < change->attribute_count; i++) {
        any = any || change->attributes[i].fate == ATTRIBUTE_RESTORED;
    }
    return any;
}

void plan_sides_leave(struct plan_deltas *deltas, const struct item_change *change,
                      enum attribute_fate fate, struct arena *arena)
{
    struct map wanted;
    size_t left = 0;
    if (change->attribute_count == 0) {
        return;
    }
    map_init(&wanted, arena);
    for (size_t i = 0; i < change->attribute_count; i++) {
        if (is_fate(change->attributes[i].fate, fate)) {
            map_add(&wanted, change->attributes[i].name, NULL)->value = &wanted;
        }
    }
    const struct key_schema *key = &change->table->key;
    map_add(&wanted, key->hash[0].name, NULL)->value = &wanted;
    if (key->range_count > 0) {
        map_add(&wanted, key->range[0].name, NULL)->value = &wanted;
    }
    for (size_t i = 0; i < deltas->count; i++) {
        if (map_find(&wanted, plan_delta_attribute(&deltas->at[i])) != NULL) {
            deltas->at[left++] = deltas->at[i];
        }
    }
    deltas->count = left;
}

// ---- lines

static const struct value *find(const struct plan_side *side, struct str name)
{
    const struct value_entry *entry = plan_side_find(side, name);
    return entry == NULL ? NULL : entry->value;
}

// "theirs 1000": what a side says, or that it says nothing.
static void put_side(struct buf *out, const char *whose, struct str value,
                     const char *color_of, bool color)
{
    buf_printf(out, INNER "%s ", whose);
    notation_put_color(out, color_of, color);
    buf_put(out, value.len > 0 ? value : STR("absent"));
    notation_put_color(out, NOTATION_OFF, color);
    buf_char(out, '\n');
}

static void put_was(struct buf *out, const struct plan_item *item, struct str name,
                    enum notation_room room)
{
    struct value_entry *entries = NULL;
    struct plan_side was = {0};
    const char *why = NULL;
    if (item->change->was.len == 0 ||
        !value_json_read_item(&entries, &was.count, item->change->was, item->arena,
                              &why)) {
        return;
    }
    was.entries = entries;
    const struct value *value = find(&was, name);
    buf_puts(out, INNER "was ");
    if (value == NULL) {
        buf_puts(out, "absent");
    } else {
        notation_put_value(out, value, room);
    }
    buf_char(out, '\n');
}

void plan_sides_put_conflict(struct buf *out, const struct plan_item *item,
                             const struct attribute_change *attribute,
                             enum notation_room room, bool color)
{
    const struct value *theirs = find(&item->old, attribute->name);
    const struct value *declared = find(&item->new, attribute->name);
    struct buf sides[2];
    if (attribute->fate != ATTRIBUTE_CONFLICT) {
        return;
    }
    buf_init(&sides[0], SIZE_MAX);
    buf_init(&sides[1], SIZE_MAX);
    if (theirs != NULL && declared != NULL) {
        (void)notation_put_both(&sides[0], &sides[1], theirs, declared, room);
    } else if (theirs != NULL) {
        notation_put_value(&sides[0], theirs, room);
    } else if (declared != NULL) {
        notation_put_value(&sides[1], declared, room);
    }
    notation_put_color(out, NOTATION_LOSS, color);
    buf_char(out, '!');
    notation_put_color(out, NOTATION_OFF, color);
    buf_char(out, ' ');
    notation_put_name(out, attribute->name, room);
    buf_char(out, '\n');
    put_was(out, item, attribute->name, room);
    put_side(out, "theirs", buf_str(&sides[0]), NOTATION_OLD, color);
    put_side(out, "declared", buf_str(&sides[1]), NOTATION_NEW, color);
    buf_deinit(&sides[0]);
    buf_deinit(&sides[1]);
}

void plan_sides_put_theirs(struct buf *out, const struct plan_item *item,
                           const struct attribute_change *attribute,
                           enum notation_room room)
{
    if (attribute->fate != ATTRIBUTE_THEIRS) {
        return;
    }
    const struct value *value = find(&item->old, attribute->name);
    buf_puts(out, "= ");
    notation_put_name(out, attribute->name, room);
    buf_char(out, ' ');
    if (value == NULL) {
        buf_puts(out, "absent");
    } else {
        notation_put_value(out, value, room);
    }
    buf_puts(out, "  (as others changed it)\n");
}
