// A plan for programs: one object a line. Items are in DynamoDB JSON.
//
//     {"type":"table","change":"added","table":"cruddur-messages"}
//     {"type":"item","change":"changed","table":"...","entity":"...","file":"...",
//      "line":14,"old":{...},"new":{...}}
//     {"type":"plan","version":1,"differs":true,"added":1,...}
#include "plan.h"

#include "arena.h"
#include "json_write.h"
#include "value_json.h"

#include <inttypes.h>

static const char *change_name(enum item_change_kind kind)
{
    static const char *const NAMES[] = {"added", "changed", "moved", "stale"};
    return NAMES[kind];
}

static void put_table_missing(struct buf *out, const struct table *table, bool color)
{
    (void)color;
    buf_puts(out, "{\"type\":\"table\",\"change\":\"added\",\"table\":");
    json_put_string(out, table->name);
    buf_puts(out, "}\n");
}

// A live item, read and written again: what the service sent may hold characters that
// move a cursor.
static void put_live(struct buf *out, struct str json)
{
    struct arena arena = {0};
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    buf_puts(out, ",\"old\":{");
    if (value_json_read_item(&entries, &count, json, &arena, &why)) {
        for (size_t i = 0; i < count; i++) {
            buf_puts(out, i > 0 ? "," : "");
            json_put_string(out, entries[i].name);
            buf_char(out, ':');
            value_write(out, entries[i].value);
        }
    }
    buf_char(out, '}');
    arena_deinit(&arena);
}

static void put_item(struct buf *out, const struct item_change *change, bool color)
{
    static const size_t HEAD = sizeof "{\"Item\":" - 1;
    const struct batch_item *item = change->item;
    (void)color;
    buf_printf(out, "{\"type\":\"item\",\"change\":\"%s\",\"table\":",
               change_name(change->kind));
    json_put_string(out, change->table->name);
    if (item != NULL && item->identity.program != NULL) {
        buf_puts(out, ",\"entity\":");
        json_put_string(out, item->identity.program->entity->name);
    }
    if (item != NULL) {
        buf_puts(out, ",\"file\":");
        json_put_string(out, item->source->name);
        buf_printf(out, ",\"line\":%u", item->line);
    }
    if (change->live.len > 0) {
        put_live(out, change->live);
    }
    if (change->declared.len > 0) {
        buf_puts(out, ",\"new\":");
        buf_put(out, (struct str){change->declared.at + HEAD,
                                  change->declared.len - HEAD - 1});
    }
    buf_puts(out, "}\n");
}

static void put_summary(struct buf *out, const struct plan_counts *counts, bool prune)
{
    buf_printf(out,
               "{\"type\":\"plan\",\"version\":%d,\"differs\":%s,\"prune\":%s,"
               "\"tables_added\":%" PRIu64 ",\"added\":%" PRIu64 ",\"changed\":%" PRIu64
               ",\"moved\":%" PRIu64 ",\"stale\":%" PRIu64 ",\"unchanged\":%" PRIu64
               "}\n",
               PLAN_VERSION, plan_differs(counts) ? "true" : "false",
               prune ? "true" : "false", counts->tables_missing, counts->added,
               counts->changed, counts->moved, counts->stale, counts->same);
}

const struct plan_format PLAN_JSON = {put_table_missing, put_item, put_summary};
