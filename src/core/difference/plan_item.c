// A change enters, its key and its lines leave:
//
//     pk "GRP#7e1c..." sk "2023-03-19T14:00..."  (message_group, fixtures/talk.txt:2)
//     ~ message "Deal." -> "One more line."
//     + weights[3] 5
//     ~ carriers - "post" + "van"
//     = balance 1000  (as others changed it)
//     ! limit
//         was 100
//         theirs 500
//         declared 200
#include "plan_item.h"

#include "plan_delta.h"
#include "plan_notation.h"
#include "plan_sides.h"
#include "utf8.h"
#include "value_json.h"
#include "value_order.h"

#include <inttypes.h>

#define LINES_SHOWN 24   // of one item, where long ones are cut
#define MEMBERS_SHOWN 10 // of a set, likewise

void plan_item_read_live(struct plan_side *out, const struct item_change *change,
                         struct arena *arena)
{
    const struct key_schema *key = &change->table->key;
    struct value_entry keys[2] = {{.name = key->hash[0].name}};
    const struct value_entry *order = change->order;
    size_t order_count = change->order_count;
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    *out = (struct plan_side){0};
    if (order_count == 0) { // the key first
        keys[1].name = key->range_count > 0 ? key->range[0].name : STR("");
        order = keys;
        order_count = 1 + key->range_count;
    }
    if (change->live.len > 0 &&
        value_json_read_item(&entries, &count, change->live, arena, &why)) {
        value_order(entries, count, order, order_count, arena);
        *out = (struct plan_side){entries, count};
    }
}

void plan_item_read(struct plan_item *out, const struct item_change *change,
                    struct arena *arena)
{
    struct value_entry *declared = change->values.attributes;
    size_t count = change->declared.len > 0 ? change->values.count : 0;
    value_order(declared, count, declared, count, arena); // its sets
    *out =
        (struct plan_item){.change = change, .arena = arena, .new = {declared, count}};
    plan_item_read_live(&out->old, change, arena);
    if (change->kind != ITEM_MOVED || change->put) {
        out->has_deltas = count > 0 && out->old.count > 0;
    }
    if (!out->has_deltas) {
        return;
    }
    if (change->kind == ITEM_THEIRS) {
        plan_deltas_find(&out->deltas, &out->new, &out->old, arena);
        plan_sides_leave(&out->deltas, change, ATTRIBUTE_THEIRS, arena);
    } else {
        plan_deltas_find(&out->deltas, &out->old, &out->new, arena);
    }
    if (change->kind == ITEM_CONFLICT) {
        plan_sides_leave(&out->deltas, change, ATTRIBUTE_TAKEN, arena);
    }
}

static void put_key(struct buf *out, const struct table *table,
                    const struct plan_side *side, enum notation_room room)
{
    const struct key_schema *key = &table->key;
    for (size_t i = 0; i < 1 + key->range_count; i++) {
        const struct key_part *part = i == 0 ? &key->hash[0] : &key->range[0];
        const struct value_entry *entry = plan_side_find(side, part->name);
        buf_puts(out, i == 0 ? "" : " ");
        notation_put_name(out, part->name, room);
        buf_char(out, ' ');
        if (entry != NULL) {
            notation_put_value(out, entry->value, room);
        }
    }
}

void plan_item_put_head(struct buf *out, const struct plan_item *item,
                        enum notation_room room)
{
    const struct item_change *change = item->change;
    bool has_entity = change->entity.len > 0;
    put_key(out, change->table, item->new.count > 0 ? &item->new : &item->old, room);
    if (!has_entity && change->item == NULL) {
        return;
    }
    buf_puts(out, "  (");
    utf8_put_visible(out, change->entity);
    if (change->item != NULL) {
        struct arena scratch = {0};
        buf_puts(out, has_entity ? ", " : "");
        utf8_put_visible(out, source_shown(change->item->source, &scratch));
        buf_printf(out, ":%u", change->item->line);
        arena_deinit(&scratch);
    }
    buf_char(out, ')');
}

// ---- what is lost

#define LOST_SHOWN 3 // attributes

static bool is_key(const struct table *table, struct str name)
{
    return str_eq(table->key.hash[0].name, name) ||
           (table->key.range_count > 0 && str_eq(table->key.range[0].name, name));
}

// Appends those that are lost in one way; `lost` counts all of them.
static void put_lost(struct buf *out, const struct plan_item *item, char sign,
                     size_t *lost)
{
    const char *verb = sign == '-' ? "remove " : "change ";
    struct str last = {0};
    bool restores = plan_sides_restore(item->change);
    for (size_t i = 0; i < item->deltas.count; i++) {
        const struct plan_delta *delta = &item->deltas.at[i];
        struct str name = plan_delta_attribute(delta);
        char whole = delta->at->before == NULL ? delta->sign : '~';
        if (whole != sign || is_key(item->change->table, name) ||
            (last.at != NULL && str_eq(name, last)) ||
            (restores && !plan_sides_is(item->change, name, ATTRIBUTE_RESTORED))) {
            continue;
        }
        last = name;
        if (++*lost <= LOST_SHOWN) {
            buf_puts(out, *lost > 1 ? ", " : "");
            buf_puts(out, verb);
            notation_put_name(out, name, NOTATION_CUT);
            verb = "";
        }
    }
}

struct str plan_item_loss(const struct item_change *change, struct arena *arena)
{
    struct arena scratch = {0};
    struct plan_item item;
    struct buf out;
    size_t lost = 0;
    buf_init(&out, SIZE_MAX);
    plan_item_read(&item, change, &scratch);
    if (item.has_deltas) {
        put_lost(&out, &item, '~', &lost);
        put_lost(&out, &item, '-', &lost);
    }
    if (lost > LOST_SHOWN) {
        buf_printf(&out, ", and %zu more attribute%s", lost - LOST_SHOWN,
                   lost == LOST_SHOWN + 1 ? "" : "s");
    }
    buf_puts(&out, lost > 0                            ? " of item "
                   : item.new.count > 0 && change->put ? "replace item "
                                                       : "delete item ");
    const struct plan_side *side =
        change->put && item.new.count > 0 ? &item.new : &item.old;
    put_key(&out, change->table, side, NOTATION_CUT);
    struct str words = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    arena_deinit(&scratch);
    return words;
}

// ---- lines

struct lines {
    struct buf *out;
    struct arena *arena;
    enum notation_room room;
    bool color;
};

static void put_more(struct buf *out, size_t count, const char *one)
{
    buf_printf(out, "… and %zu more %s%s\n", count, one, count == 1 ? "" : "s");
}

static size_t shown_of(size_t count, size_t most, enum notation_room room)
{
    return room == NOTATION_WHOLE || count <= most ? count : most;
}

// All attributes but the key, which stands in the head.
static void put_contents(const struct lines *lines, const struct table *table,
                         const struct plan_side *side)
{
    size_t count = 0;
    size_t most = shown_of(side->count, LINES_SHOWN, lines->room);
    for (size_t i = 0; i < side->count; i++) {
        const struct value_entry *entry = &side->entries[i];
        if (!is_key(table, entry->name) && ++count <= most) {
            notation_put_name(lines->out, entry->name, lines->room);
            buf_char(lines->out, ' ');
            notation_put_value(lines->out, entry->value, lines->room);
            buf_char(lines->out, '\n');
        }
    }
    if (count > most) {
        put_more(lines->out, count - most, "attribute");
    }
}

static void put_path(struct buf *out, const struct plan_step *step,
                     enum notation_room room)
{
    if (step->before != NULL) {
        put_path(out, step->before, room);
    }
    if (step->name.at == NULL) {
        buf_printf(out, "[%zu]", step->index);
        return;
    }
    buf_puts(out, step->before == NULL ? "" : ".");
    notation_put_name(out, step->name, room);
}

static void put_members(const struct lines *lines, const char *sign, const char *color,
                        const struct value *from, const struct value *than)
{
    size_t count = 0;
    struct str *members = plan_delta_members(&count, from, than, lines->arena);
    size_t shown = shown_of(count, MEMBERS_SHOWN, lines->room);
    for (size_t i = 0; i < shown; i++) {
        struct value member = {.type = from->type == VALUE_NS ? VALUE_N : VALUE_S,
                               .text = members[i]};
        buf_char(lines->out, ' ');
        notation_put_color(lines->out, color, lines->color);
        buf_printf(lines->out, "%s ", sign);
        if (from->type == VALUE_BS) {
            notation_put_member(lines->out, members[i], from->type);
        } else {
            notation_put_value(lines->out, &member, lines->room);
        }
        notation_put_color(lines->out, NOTATION_OFF, lines->color);
    }
    if (count > shown) {
        buf_printf(lines->out, " %s %zu more", sign, count - shown);
    }
}

static void put_one(const struct lines *lines, const struct value *value,
                    const char *color)
{
    notation_put_color(lines->out, color, lines->color);
    notation_put_value(lines->out, value, lines->room);
    notation_put_color(lines->out, NOTATION_OFF, lines->color);
}

static void put_delta(const struct lines *lines, const struct plan_delta *delta)
{
    struct buf *out = lines->out;
    const char *color = delta->sign == '+'   ? NOTATION_NEW
                        : delta->sign == '-' ? NOTATION_OLD
                                             : NOTATION_CHANGED;
    notation_put_color(out, color, lines->color);
    buf_char(out, delta->sign);
    notation_put_color(out, NOTATION_OFF, lines->color);
    buf_char(out, ' ');
    put_path(out, delta->at, lines->room);
    if (plan_delta_is_set(delta)) {
        put_members(lines, "-", NOTATION_OLD, delta->old, delta->new);
        put_members(lines, "+", NOTATION_NEW, delta->new, delta->old);
        buf_char(out, '\n');
        return;
    }
    buf_char(out, ' ');
    if (delta->old == NULL) {
        put_one(lines, delta->new, NOTATION_NEW);
    } else if (delta->new == NULL) {
        put_one(lines, delta->old, NOTATION_OLD);
    } else {
        notation_put_change(out, delta->old, delta->new, lines->room, lines->color);
    }
    buf_char(out, '\n');
}

static void put_deltas(const struct lines *lines, const struct plan_deltas *deltas)
{
    size_t shown = shown_of(deltas->count, LINES_SHOWN, lines->room);
    for (size_t i = 0; i < shown; i++) {
        put_delta(lines, &deltas->at[i]);
    }
    if (deltas->count - shown + deltas->more > 0) {
        put_more(lines->out, deltas->count - shown + deltas->more, "difference");
    }
}

static void put_changed(const struct lines *lines, const struct plan_item *item)
{
    const struct item_change *change = item->change;
    for (size_t i = 0; i < change->attribute_count; i++) {
        if (change->kind == ITEM_CONFLICT) {
            plan_sides_put_conflict(lines->out, item, &change->attributes[i],
                                    lines->room, lines->color);
        }
    }
    put_deltas(lines, &item->deltas);
    for (size_t i = 0; i < change->attribute_count; i++) {
        if (change->kind != ITEM_THEIRS) {
            plan_sides_put_theirs(lines->out, item, &change->attributes[i],
                                  lines->room);
        }
    }
}

void plan_item_put_lines(struct buf *out, const struct plan_item *item,
                         enum notation_room room, bool color)
{
    const struct item_change *change = item->change;
    struct lines lines = {out, item->arena, room, color};
    if (item->has_deltas) {
        put_changed(&lines, item);
    } else if (change->kind == ITEM_ADDED) {
        put_contents(&lines, change->table, &item->new);
    } else if (change->kind == ITEM_STALE || plan_item_is_kept(change)) {
        put_contents(&lines, change->table, &item->old);
    } else if (change->kind == ITEM_CHANGED ||
               (change->kind == ITEM_MOVED && change->put)) {
        buf_puts(out, "(too many differences to show what was there before)\n");
    } else if (change->kind == ITEM_MOVED) {
        buf_puts(out, "it is there; removed: ");
        put_key(out, change->table, &item->old, room);
        buf_char(out, '\n');
    }
}
