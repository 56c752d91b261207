// ledger and unlock: what is known of what was applied, shown, forgotten, begun with what
// is there already, and freed from a run that is gone.
#include "connect.h"
#include "fetcher.h"
#include "inputs.h"
#include "item_print.h"
#include "json_write.h"
#include "ledger.h"
#include "map.h"
#include "pipeline.h"
#include "plan_ledger.h"
#include "report.h"
#include "run.h"
#include "say.h"

#include <inttypes.h>

#define SHOWN_MAX_BYTES ((size_t)1 << 20)
#define KEY_MAX_BYTES ((size_t)64 << 10)

// ---- show

// Entries by their entities.
struct tally {
    struct arena *arena;
    struct map entities; // to uint64_t
    uint64_t entries;
    uint64_t noted;
    bool notes;
};

static bool count_entry(void *context, const struct ledger_entry *entry)
{
    struct tally *tally = context;
    if (tally->notes) {
        tally->noted++;
        return true;
    }
    tally->entries++;
    uint64_t *count = map_find(&tally->entities, entry->entity);
    if (count == NULL) {
        count = arena_alloc(tally->arena, sizeof *count);
        map_add(&tally->entities, arena_str(tally->arena, entry->entity), NULL)->value =
            count;
    }
    ++*count;
    return true;
}

static void write_json(struct buf *out, const struct tally *tally,
                       const struct ledger_facts *facts, struct str table)
{
    buf_puts(out, "{\"type\":\"ledger\",\"table\":");
    json_put_string(out, table);
    buf_puts(out, ",\"where\":");
    json_put_string(out, facts->where);
    buf_printf(
        out, ",\"known\":%s,\"bytes\":%" PRIu64 ",\"items\":%" PRIu64 ",\"entities\":{",
        facts->known ? "true" : "false", facts->bytes, tally->entries);
    for (size_t i = 0; i < tally->entities.count; i++) {
        const struct map_entry *entry = &tally->entities.entries[i];
        buf_puts(out, i > 0 ? "," : "");
        json_put_string(out, entry->key);
        buf_printf(out, ":%" PRIu64, *(const uint64_t *)entry->value);
    }
    buf_printf(out, "},\"noted\":%" PRIu64 "}\n", tally->noted);
}

static void write_text(struct buf *out, const struct tally *tally,
                       const struct ledger_facts *facts, struct str table)
{
    buf_printf(out, "%.*s: ", STR_ARG(table));
    if (facts->where.len == 0) {
        buf_puts(out, "no ledger is kept on this target\n");
        return;
    }
    if (!facts->known) {
        buf_printf(out, "nothing is known of what was applied (%.*s)\n",
                   STR_ARG(facts->where));
        return;
    }
    buf_printf(out, "%" PRIu64 " item%s in %" PRIu64 " bytes (%.*s)\n", tally->entries,
               tally->entries == 1 ? "" : "s", facts->bytes, STR_ARG(facts->where));
    for (size_t i = 0; i < tally->entities.count; i++) {
        const struct map_entry *entry = &tally->entities.entries[i];
        buf_printf(out, "  %" PRIu64 " ", *(const uint64_t *)entry->value);
        if (entry->key.len > 0) {
            json_put_word(out, entry->key);
        } else {
            buf_puts(out, "written as they are");
        }
        buf_char(out, '\n');
    }
    if (tally->noted > 0) {
        buf_printf(out, "  a run ended before its end: %" PRIu64 " noted\n",
                   tally->noted);
    }
}

static void show(struct ddb *ddb, struct ledger *ledger, struct str table)
{
    struct tally tally = {.arena = &ddb->arena};
    struct ledger_sink to = {count_entry, &tally};
    struct buf out;
    map_init(&tally.entities, &ddb->arena);
    if (ledger_knows(ledger) && ledger_base(ledger, &to)) {
        tally.notes = true;
        (void)!ledger_notes(ledger, &to); // noted what is wrong with them
    }
    struct ledger_facts facts = ledger_get_facts(ledger);
    buf_init(&out, SHOWN_MAX_BYTES);
    if (ddb->options.format == DDB_FORMAT_JSON) {
        write_json(&out, &tally, &facts, table);
    } else {
        write_text(&out, &tally, &facts, table);
    }
    (void)say_text(ddb, buf_str(&out)); // diagnosed
    buf_deinit(&out);
}

// ---- adopt

// What differs, by its keys.
struct differing {
    struct ddb *ddb;
    struct item_printer *printer;
    struct str *keys;
    size_t count;
    size_t cap;
};

static bool take_change(void *context, const struct item_change *change)
{
    struct differing *differing = context;
    struct arena *arena = &differing->ddb->arena;
    struct item_print print;
    const char *why = NULL;
    struct buf key;
    if (change->declared.len == 0 ||
        !item_print_read(&print, differing->printer, change->declared, &why)) {
        return true;
    }
    buf_init(&key, KEY_MAX_BYTES);
    item_print_write_key(&key, differing->printer, &print);
    differing->keys =
        arena_grow(arena, differing->keys, differing->count, differing->count + 1,
                   &differing->cap, sizeof *differing->keys);
    differing->keys[differing->count++] = arena_str(arena, buf_str(&key));
    buf_deinit(&key);
    return true;
}

static bool adopt_table(struct plan *plan, struct plan_table *table, struct ddb *ddb)
{
    struct differing differing = {.ddb = ddb,
                                  .printer = item_printer_new(plan_declared(table))};
    struct change_sink to = {take_change, &differing};
    struct str name = plan_declared(table)->name;
    bool adopted = plan_changes(table, ddb, &to);
    for (size_t i = 0; i < differing.count; i++) {
        reconciler_unwritten(table->reconciler, differing.keys[i]);
    }
    adopted = adopted && plan_commit(table, plan, ddb);
    if (adopted && table->ledger == NULL) {
        say_out(ddb, "%.*s: no ledger is kept on this target\n", STR_ARG(name));
    } else if (adopted) {
        say_out(ddb, "%.*s: %" PRIu64 " items are ours, %zu of those declared differ\n",
                STR_ARG(name), table->unit->item_count - differing.count,
                differing.count);
    }
    item_printer_free(differing.printer);
    return adopted;
}

static void adopt(struct ddb *ddb)
{
    struct plan plan = {0};
    struct client *client = NULL;
    if (pipeline_open(ddb, LOOKUP_ANYWHERE) && connect_open(ddb)) {
        client = connect_bulk_client(ddb);
    }
    if (client != NULL && plan_look(&plan, ddb, client) &&
        connect_confirm_target(ddb, "write the ledger") &&
        plan_open_ledgers(&plan, ddb, true) && plan_read(&plan, ddb, client, true)) {
        bool adopted = true;
        for (size_t i = 0; i < plan.count && adopted; i++) {
            struct plan_table *table = &plan.tables[i];
            if (plan_is_missing(table) || table->reconciler == NULL) {
                say_out(ddb, "%.*s: there is no such table\n",
                        STR_ARG(plan_declared(table)->name));
            } else {
                adopted = adopt_table(&plan, table, ddb);
            }
        }
    }
    plan_free(&plan);
    client_free(client);
}

// ---- one table's

// What to do with it; `writes`: it is held meanwhile.
static void with_ledger(struct ddb *ddb, const char *file, bool writes)
{
    struct live_table live;
    struct ledger *ledger = NULL;
    inputs_reserve(ddb, 1);
    struct unit *unit = inputs_definition(ddb, file);
    struct client *client = NULL;
    if (unit == NULL) {
        return;
    }
    struct str name = unit->definition.table.name;
    if (connect_open(ddb) &&
        (!writes || connect_confirm_target(ddb, "forget the ledger"))) {
        client = connect_client(ddb, 1);
    }
    if (client != NULL &&
        table_describe(&live, client, name, &ddb->arena, &ddb->diags) &&
        ledger_open(&ledger, ddb, unit, &live, writes)) {
        if (!writes) {
            show(ddb, ledger, name);
        } else if (ledger == NULL) {
            say_out(ddb, "%.*s: no ledger is kept on this target\n", STR_ARG(name));
        } else if (ledger_forget(ledger)) {
            say_out(ddb, "%.*s: its ledger is forgotten\n", STR_ARG(name));
        }
    }
    ledger_close(ledger);
    client_free(client);
}

void ddb_ledger(struct ddb *ddb, enum ddb_ledger_action action, const char *const *file)
{
    switch (action) {
    case DDB_LEDGER_SHOW:
        with_ledger(ddb, *file, false);
        break;
    case DDB_LEDGER_FORGET:
        with_ledger(ddb, *file, true);
        break;
    case DDB_LEDGER_ADOPT:
    default:
        ddb->options.files = file;
        ddb->options.file_count = 1;
        adopt(ddb);
        break;
    }
}

void ddb_unlock(struct ddb *ddb, const char *file)
{
    struct str holder = {0};
    inputs_reserve(ddb, 1);
    const struct unit *unit = inputs_definition(ddb, file);
    if (unit != NULL && connect_open(ddb) &&
        connect_confirm_target(ddb, "unlock the ledger") &&
        ledger_unlock(&holder, ddb, unit)) {
        struct str name = unit->definition.table.name;
        if (holder.len > 0) {
            say_out(ddb, "%.*s: unlocked; it was held by %s\n", STR_ARG(name),
                    diag_quote(&ddb->diags, holder));
        } else {
            say_out(ddb, "%.*s: nobody held it\n", STR_ARG(name));
        }
    }
}
