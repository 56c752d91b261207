// A plan for programs: one object a line. Items are in DynamoDB JSON.
//
//     {"type":"table","change":"added","table":"cruddur-messages"}
//     {"type":"setting","change":"changed","table":"...","kind":"billing-mode",
//      "path":"billing_mode","old":"PROVISIONED","new":"PAY_PER_REQUEST",
//      "destructive":false,"possible":true}
//     {"type":"note","kind":"undeclared","table":"...","path":"...","value":"...",
//      "message":"no longer declared, left as it is"}
//     {"type":"item","change":"changed","table":"...","entity":"...","file":"...",
//      "line":14,"old":{...},"new":{...},"attributes":{"balance":"conflict"}}
//     {"type":"forecast","table":"...","puts":1,"write_units":1,...}
//     {"type":"live","table":"...","items":225,"precision":"exact",...}
//     {"type":"plan","version":1,"differs":true,"added":1,...}
#include "arena.h"
#include "json_write.h"
#include "plan.h"
#include "plan_delta.h"
#include "plan_forecast.h"
#include "plan_item.h"
#include "plan_live.h"
#include "plan_view.h"
#include "value_json.h"

#include <inttypes.h>

static const char *change_name(enum item_change_kind kind)
{
    static const char *const NAMES[] = {
        [ITEM_ADDED] = "added",   [ITEM_CHANGED] = "changed",
        [ITEM_MOVED] = "moved",   [ITEM_STALE] = "stale",
        [ITEM_THEIRS] = "theirs", [ITEM_CONFLICT] = "conflict",
    };
    return NAMES[kind];
}

static void put_member(struct buf *out, const char *name, struct str value)
{
    if (value.at != NULL) {
        buf_printf(out, ",\"%s\":", name);
        json_put_string(out, value);
    }
}

// A setting's value as one of JSON: its structure, a number, true or false, else a
// string.
static void put_json(struct buf *out, const char *name,
                     const struct table_change *change, struct str text,
                     struct str json)
{
    if (text.at == NULL) {
        return;
    }
    buf_printf(out, ",\"%s\":", name);
    if (json.at != NULL) {
        buf_put(out, json);
    } else if (table_change_is_literal(change->kind)) {
        buf_put(out, text);
    } else {
        json_put_string(out, text);
    }
}

// Of an index the type is "index", and its name stands apart.
static void put_setting(struct buf *out, const struct plan_table *table,
                        const struct table_change *change)
{
    const struct secondary_index *index =
        change->index != NULL ? change->index : change->live_index;
    buf_printf(out, "{\"type\":\"%s\",\"change\":\"%s\"",
               index != NULL ? "index" : "setting",
               change->sign == '+'   ? "added"
               : change->sign == '-' ? "removed"
                                     : "changed");
    put_member(out, "table", plan_declared(table)->name);
    if (index != NULL) {
        put_member(out, "index", index->name);
    }
    buf_printf(out, ",\"kind\":\"%s\"", table_change_name(change->kind));
    put_member(out, "path", change->path);
    if (change->tag != NULL) {
        put_member(out, "tag", change->tag->key);
    }
    put_member(out, "old", change->from);
    put_member(out, "new", change->to);
    put_json(out, "old_value", change, change->from, change->from_json);
    put_json(out, "new_value", change, change->to, change->to_json);
    buf_printf(out, ",\"destructive\":%s,\"possible\":%s",
               change->destructive ? "true" : "false",
               change->kind != TABLE_CHANGE_IMPOSSIBLE ? "true" : "false");
    if (change->kind == TABLE_CHANGE_IMPOSSIBLE) {
        put_member(out, "recipe", change->recipe);
    }
    buf_puts(out, "}\n");
}

static void put_note(struct buf *out, const struct plan_table *table,
                     const struct table_note *note)
{
    buf_printf(out, "{\"type\":\"note\",\"kind\":\"%s\"", table_note_name(note->kind));
    put_member(out, "table", plan_declared(table)->name);
    if (note->index != NULL) {
        put_member(out, "index", note->index->name);
    }
    put_member(out, "path", note->path);
    put_member(out, "value", note->value);
    put_member(out, "message", note->text);
    buf_puts(out, "}\n");
}

static void put_untouched(struct buf *out, const struct plan_table *table)
{
    const struct table *declared = plan_declared(table);
    bool first = true;
    buf_puts(out, ",\"untouched\":[");
    for (size_t i = 0; i < declared->index_count && !table->diff.other_key; i++) {
        if (!table_diff_touches(&table->diff, &declared->indexes[i])) {
            buf_puts(out, first ? "" : ",");
            json_put_string(out, declared->indexes[i].name);
            first = false;
        }
    }
    buf_char(out, ']');
}

static void put_table(struct plan_page *page, const struct plan_table *table)
{
    struct buf *out = &page->out;
    bool missing = plan_is_missing(table);
    if (table->diff.count > 0) {
        buf_printf(out, "{\"type\":\"table\",\"change\":\"%s\"",
                   missing ? "added" : "changed");
        put_member(out, "table", plan_declared(table)->name);
        if (!missing) {
            put_untouched(out, table);
        }
        buf_puts(out, "}\n");
    }
    for (size_t i = 0; i < table->diff.count; i++) {
        put_setting(out, table, &table->diff.changes[i]);
    }
    for (size_t i = 0; i < table->diff.note_count; i++) {
        put_note(out, table, &table->diff.notes[i]);
    }
}

static void put_attributes(struct buf *out, const struct plan_side *side)
{
    buf_char(out, '{');
    for (size_t i = 0; i < side->count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        json_put_string(out, side->entries[i].name);
        buf_char(out, ':');
        value_write(out, side->entries[i].value);
    }
    buf_char(out, '}');
}

void plan_put_live(struct buf *out, const struct item_change *change)
{
    struct arena arena = {0};
    struct plan_side side;
    plan_item_read_live(&side, change, &arena);
    put_attributes(out, &side);
    arena_deinit(&arena);
}

const char *plan_fate_name(enum attribute_fate fate)
{
    static const char *const FATES[] = {
        [ATTRIBUTE_TAKEN] = "taken",
        [ATTRIBUTE_RESTORED] = "restored",
        [ATTRIBUTE_THEIRS] = "theirs",
        [ATTRIBUTE_CONFLICT] = "conflict",
    };
    return FATES[fate];
}

void plan_put_fates(struct buf *out, const struct item_change *change)
{
    for (size_t i = 0; i < change->attribute_count; i++) {
        buf_puts(out, i == 0 ? ",\"attributes\":{" : ",");
        json_put_string(out, change->attributes[i].name);
        buf_printf(out, ":\"%s\"", plan_fate_name(change->attributes[i].fate));
    }
    buf_puts(out, change->attribute_count > 0 ? "}" : "");
}

static void put_was(struct buf *out, const struct item_change *change,
                    struct arena *arena)
{
    struct item_change before = *change; // as if it were there
    struct plan_side was;
    before.live = change->was;
    if (change->was.len > 0) {
        plan_item_read_live(&was, &before, arena);
        buf_puts(out, ",\"was\":");
        put_attributes(out, &was);
    }
}

static void put_item(struct plan_page *page, const struct plan_table *table,
                     const struct item_change *change)
{
    struct buf *out = &page->out;
    const struct batch_item *item = change->item;
    struct arena arena = {0};
    struct plan_item both;
    plan_item_read(&both, change, &arena);
    buf_printf(out, "{\"type\":\"item\",\"change\":\"%s\",\"table\":",
               change_name(change->kind));
    json_put_string(out, plan_declared(table)->name);
    if (item != NULL && item->identity.program != NULL) {
        buf_puts(out, ",\"entity\":");
        json_put_string(out, item->identity.program->entity->name);
    }
    if (item != NULL) {
        struct arena scratch = {0};
        buf_puts(out, ",\"file\":");
        json_put_string(out, source_shown(item->source, &scratch));
        buf_printf(out, ",\"line\":%u", item->line);
        arena_deinit(&scratch);
    }
    if (change->live.len > 0) {
        buf_puts(out, ",\"old\":");
        put_attributes(out, &both.old);
    }
    if (change->declared.len > 0) {
        buf_puts(out, ",\"new\":");
        put_attributes(out, &both.new);
    }
    put_was(out, change, &arena);
    plan_put_fates(out, change);
    buf_puts(out, change->kind == ITEM_ADDED && change->gone ? ",\"gone\":true" : "");
    buf_puts(out, change->loses ? ",\"destructive\":true" : "");
    buf_puts(out, "}\n");
    arena_deinit(&arena);
}

static void put_end(struct plan_page *page, const struct plan *plan)
{
    struct plan_counts counts = plan_totals(plan);
    const struct {
        const char *name;
        uint64_t count;
    } members[] = {
        {"tables_added", counts.tables_added},
        {"settings_changed", counts.table_changes},
        {"destructive", counts.destructive + counts.losing},
        {"impossible", counts.impossible},
        {"added", counts.added},
        {"changed", counts.changed},
        {"moved", counts.moved},
        {"stale", counts.stale},
        {"theirs", counts.theirs},
        {"conflicts", counts.conflicts},
        {"gone", counts.gone},
        {"unchanged", counts.same},
        {"notes", plan_count_notes(&counts)},
        {"not_compared", counts.notes[TABLE_NOTE_UNCOMPARED]},
        {"items_not_compared", counts.notes[TABLE_NOTE_ITEMS_UNCOMPARED]},
    };
    struct buf *out = &page->out;
    for (size_t i = 0; i < plan->count; i++) {
        plan_forecast_put_json(out, &plan->tables[i]);
    }
    plan_live_put_json(out, plan);
    buf_printf(out, "{\"type\":\"plan\",\"version\":%d,\"differs\":%s,\"prune\":%s",
               PLAN_VERSION, plan_differs(plan, &counts) ? "true" : "false",
               plan->prune ? "true" : "false");
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        buf_printf(out, ",\"%s\":%" PRIu64, members[i].name, members[i].count);
    }
    buf_puts(out, "}\n");
}

const struct plan_format PLAN_JSON = {
    .each = true,
    .plain = true,
    .table = put_table,
    .item = put_item,
    .end = put_end,
};
