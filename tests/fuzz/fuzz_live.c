// Items of a live table, one in DynamoDB JSON a line, against a fixed definition and
// transcript. Whatever they are: what has to change is told once for each key, nothing
// goes that was not there or is declared, and once all of it is done nothing differs.
#include "fuzz_run.h"

#include "canon.h"
#include "emit.h"
#include "reconcile.h"
#include "value_json.h"

#include <string.h>

#define KEY_MAX ((size_t)1 << 20)

static const char DEFINITION[] =
    "table_name: messages\n"
    "attribute_definitions: {pk: S, sk: S}\n"
    "key_schema: {hash: pk, range: sk}\n"
    "billing_mode: PAY_PER_REQUEST\n"
    "entities:\n"
    "  room:\n"
    "    for_each: conversation\n"
    "    attributes:\n"
    "      pk: ROOM#${conversation.uuid}\n"
    "      sk: ${conversation.last_message.created_at}\n"
    "      n: ${conversation.message_count}\n"
    "      last: [\"${conversation.last_message.text}\", {by: a}]\n"
    "  inbox:\n"
    "    for_each: participant\n"
    "    attributes:\n"
    "      pk: GRP#${self.handle}\n"
    "      sk: ${conversation.last_message.created_at}#${conversation.uuid}\n"
    "      other: ${other.label} ${other.uuid}\n"
    "  message:\n"
    "    for_each: message\n"
    "    attributes:\n"
    "      pk: ROOM#${conversation.uuid}\n"
    "      sk: M#${message.created_at}\n"
    "      id: ${message.uuid}\n"
    "      text: ${message.text}\n"
    "      both: a${message.text}a${message.text}a${message.index}\n"
    "      by: ${sender.uuid}\n";

static const char TRANSCRIPT[] = "---\n"
                                 "conversation: 5ae290ed-55d1-47a0-bc6d-fe2bc2700399\n"
                                 "participants: {A: a, B: b}\n"
                                 "starts_at: 2023-03-19T12:00:00Z\n"
                                 "---\n"
                                 "A: one\nB: two\nA: three\n"
                                 "---\n"
                                 "conversation: second\n"
                                 "participants: {A: b, B: a}\n"
                                 "starts_at: 2023-03-19T12:00:00Z\n"
                                 "---\n"
                                 "A: one\n";

// What is known of a key.
struct fate {
    struct str live;     // the item in the table, {...}; empty: none
    struct str declared; // the item that is to be there; empty: none
    bool put;
    bool gone;
};

struct table_of {
    struct fuzz_run *run;
    struct reconciler *reconciler;
    struct map fates; // by canonical key
};

static struct fate *fate_of(struct table_of *table, struct str json)
{
    struct arena *arena = &table->run->stage.arena;
    struct value_entry *entries = NULL;
    size_t count = 0;
    const char *why = NULL;
    struct buf key;
    buf_init(&key, KEY_MAX);
    struct fate *fate = NULL;
    if (value_json_read_item(&entries, &count, json, arena, &why) &&
        canon_put_key(&key, &table->run->unit.definition.table, entries, count)) {
        bool added = false;
        struct map_entry *entry =
            map_add(&table->fates, arena_str(arena, buf_str(&key)), &added);
        if (added) {
            entry->value = arena_alloc(arena, sizeof *fate);
            *(struct fate *)entry->value = (struct fate){0};
        }
        fate = entry->value;
    }
    buf_deinit(&key);
    return fate;
}

static bool note_declared(void *context, struct batch *batch)
{
    struct table_of *table = context;
    for (unsigned i = 0; i < batch->count; i++) {
        struct str json =
            arena_str(&table->run->stage.arena, batch_item_json(batch, i));
        fate_of(table, json)->declared = json;
    }
    batch_reset(batch);
    return true;
}

static void emit(struct table_of *table, struct batch_sink sink)
{
    FUZZ_REQUIRE(emit_unit(&table->run->compilation, &table->run->unit, &sink));
}

static bool take_change(void *context, const struct item_change *change)
{
    struct table_of *table = context;
    bool is_put = change->kind != ITEM_STALE && change->put;
    if (is_put) {
        struct fate *fate = fate_of(table, change->declared);
        FUZZ_REQUIRE(fate->declared.len > 0 && !fate->put);
        FUZZ_REQUIRE((fate->live.len > 0) == (change->kind == ITEM_CHANGED));
        fate->put = true;
    }
    if (change->kind == ITEM_MOVED || change->kind == ITEM_STALE) {
        struct fate *fate = fate_of(table, change->live);
        FUZZ_REQUIRE(fate->declared.len == 0 && str_eq(fate->live, change->live));
        FUZZ_REQUIRE(!fate->gone);
        fate->gone = true;
    }
    return true;
}

static void open_reconciler(struct table_of *table)
{
    struct reconcile_read *reads = NULL;
    table->reconciler = reconciler_new(&table->run->compilation, &table->run->unit);
    struct item_sink sink = reconciler_declare(table->reconciler);
    FUZZ_REQUIRE(emit_values(&table->run->compilation, &table->run->unit, &sink));
    FUZZ_REQUIRE(reconciler_reads(table->reconciler, &reads) > 0);
}

// Of two lines with one key the first one is in the table.
static void read_live(struct table_of *table, struct str lines)
{
    while (lines.len > 0) {
        struct str line = {lines.at, str_find_char(lines, '\n')};
        lines = str_skip(lines, line.len < lines.len ? line.len + 1 : line.len);
        struct fate *fate = fate_of(table, line);
        const char *why = NULL;
        if (fate != NULL && fate->live.len > 0) {
            continue;
        }
        bool taken = reconciler_live(table->reconciler, line, &why);
        FUZZ_REQUIRE(taken == (fate != NULL) && (taken || why != NULL));
        if (taken) {
            fate->live = line;
        }
    }
}

static void find_changes(struct table_of *table)
{
    struct change_sink to = {take_change, table};
    emit(table, reconciler_changes(table->reconciler, &to));
    FUZZ_REQUIRE(reconciler_stale(table->reconciler, &to));
    bool any = false;
    for (size_t i = 0; i < table->fates.count; i++) {
        const struct fate *fate = table->fates.entries[i].value;
        FUZZ_REQUIRE(fate->put || fate->declared.len == 0 || fate->live.len > 0);
        any = any || fate->put || fate->gone;
    }
    FUZZ_REQUIRE(any == reconciler_differs(table->reconciler));
}

// The table after all that was told was done.
static void require_settled(struct table_of *table)
{
    open_reconciler(table);
    for (size_t i = 0; i < table->fates.count; i++) {
        const struct fate *fate = table->fates.entries[i].value;
        struct str now = fate->put ? fate->declared : fate->live;
        const char *why = NULL;
        if (now.len > 0 && !fate->gone) {
            FUZZ_REQUIRE(reconciler_live(table->reconciler, now, &why));
        }
    }
    FUZZ_REQUIRE(!reconciler_differs(table->reconciler));
    reconciler_free(table->reconciler);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_run run;
    struct table_of table = {.run = &run};
    fuzz_run_init(&run, STR(DEFINITION), STR(TRANSCRIPT), FUZZ_FIXTURE);
    FUZZ_REQUIRE(fuzz_run_define(&run));
    fuzz_run_transcript(&run, NULL);
    map_init(&table.fates, &run.stage.arena);
    emit(&table, (struct batch_sink){note_declared, &table});
    open_reconciler(&table);
    read_live(&table, (struct str){(const char *)data, size});
    find_changes(&table);
    reconciler_free(table.reconciler);
    require_settled(&table);
    fuzz_run_deinit(&run);
    return 0;
}
