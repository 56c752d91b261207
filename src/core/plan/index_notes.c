// The items of a table enter, as far as a run reads them; notes leave:
//
//     note: global_secondary_indexes.by-country: built from what the table holds: of
//         120 items that were read 118 get an entry, with 118 write units; items under
//         other keys were not looked at; the server last counted 5,000 items, 1,200 KiB
//     note: global_secondary_indexes.by-country: 2 items that were read are left out of
//         it silently, such as pk "P#7": country is N, not S
//
// (each is one line).
#include "index_notes.h"

#include "amount.h"
#include "index_build.h"
#include "plan.h"
#include "run.h"
#include "value_json.h"

#define TEXT_MAX ((size_t)64 << 10)

bool index_notes_is_built(const struct plan_table *table,
                          const struct secondary_index *index)
{
    for (size_t i = 0; i < table->diff.count && !plan_is_missing(table); i++) {
        const struct table_change *change = &table->diff.changes[i];
        if (change->index == index && (change->kind == TABLE_CHANGE_INDEX_ADDED ||
                                       change->kind == TABLE_CHANGE_INDEX_REPLACED)) {
            return true;
        }
    }
    return false;
}

void index_notes_begin(struct plan_table *table, struct ddb *ddb)
{
    const struct table *declared = plan_declared(table);
    table->builds =
        arena_array(&ddb->arena, declared->index_count, sizeof *table->builds);
    table->build_count = 0;
    for (size_t i = 0; i < declared->index_count && !table->diff.other_key; i++) {
        const struct secondary_index *index = &declared->indexes[i];
        if (index_notes_is_built(table, index)) {
            table->builds[table->build_count++] =
                (struct index_build){.table = declared, .index = index};
        }
    }
}

void index_notes_take(struct plan_table *table, struct str json, struct ddb *ddb)
{
    struct arena scratch = {0};
    struct item item = {0};
    const char *why = NULL;
    if (table->build_count > 0 &&
        value_json_read_item(&item.attributes, &item.count, json, &scratch, &why)) {
        bool replaced = reconciler_declares(table->reconciler, json);
        table->read++;
        for (size_t i = 0; i < table->build_count; i++) {
            index_build_take(&table->builds[i], &item, replaced, &ddb->arena);
        }
    }
    arena_deinit(&scratch);
}

// Of the table, or of an index that goes: what the service counted every six hours.
static void put_last_count(struct buf *out, const struct last_count *count)
{
    if (count->told) {
        buf_puts(out, "; the server last counted ");
        amount_put_number(out, (uint64_t)count->items);
        buf_puts(out, count->items == 1 ? " item, " : " items, ");
        amount_put_bytes(out, (uint64_t)count->bytes);
        buf_puts(out, " in the table");
    }
}

static void put_goes(struct buf *out, const struct plan_table *table,
                     const struct index_build *build)
{
    const struct secondary_index *old =
        table_find_index(&table->live.table, build->index->name);
    if (old == NULL || old->local) {
        return;
    }
    buf_puts(out, "the index is deleted");
    if (old->counted.told) {
        buf_puts(out, " (");
        amount_put_number(out, (uint64_t)old->counted.items);
        buf_puts(out, old->counted.items == 1 ? " entry, " : " entries, ");
        amount_put_bytes(out, (uint64_t)old->counted.bytes);
        buf_puts(out, ", as last counted)");
    }
    buf_puts(out, ", and missing until it is built again; ");
}

static void note_built(struct plan_table *table, const struct index_build *build,
                       bool all, struct ddb *ddb)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    put_goes(&out, table, build);
    buf_puts(&out, "built from what the table holds: ");
    if (table->read == 0) {
        buf_puts(&out, "no item was looked at, so that is not counted");
    } else {
        buf_puts(&out, "of ");
        amount_put_number(&out, table->read);
        buf_puts(&out, table->read == 1 ? " item" : " items");
        buf_puts(&out, all                ? " of the earlier build "
                       : table->read == 1 ? " that was read "
                                          : " that were read ");
        amount_put_number(&out, build->entries);
        buf_puts(&out, build->entries == 1 ? " gets an entry, with "
                                           : " get an entry, with ");
        amount_put_number(&out, build->write_units);
        buf_puts(&out, build->write_units == 1 ? " write unit" : " write units");
        buf_puts(&out, all ? "" : "; items under other keys were not looked at");
    }
    put_last_count(&out, &table->live.table.counted);
    table_note_add(&table->diff,
                   (struct table_note){
                       .kind = TABLE_NOTE_BUILT,
                       .path = table_change_path(&table->diff, build->index, ""),
                       .text = arena_str(&ddb->arena, buf_str(&out)),
                       .index = build->index,
                   });
    buf_deinit(&out);
}

static void note_left_out(struct plan_table *table, const struct index_build *build,
                          struct ddb *ddb)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    amount_put_number(&out, build->unfit);
    buf_puts(&out, build->unfit == 1
                       ? " item that was read is left out of it silently: "
                       : " items that were read are left out of it "
                         "silently, such as ");
    buf_put(&out, build->example);
    buf_puts(&out, ": ");
    buf_put(&out, build->why);
    table_note_add(&table->diff,
                   (struct table_note){
                       .kind = TABLE_NOTE_LEFT_OUT,
                       .path = table_change_path(&table->diff, build->index, ""),
                       .text = arena_str(&ddb->arena, buf_str(&out)),
                       .index = build->index,
                   });
    buf_deinit(&out);
}

void index_notes_end(struct plan_table *table, struct ddb *ddb, bool all)
{
    for (size_t i = 0; i < table->build_count; i++) {
        note_built(table, &table->builds[i], all, ddb);
        if (table->builds[i].unfit > 0) {
            note_left_out(table, &table->builds[i], ddb);
        }
    }
}
