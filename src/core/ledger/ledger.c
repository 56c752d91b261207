// A ledger, opened and read. In: a target and a table as it is. Out: entries of what was
// applied to that very table, or a note why there are none.
//
// Nothing depends on a ledger: one that is lost, damaged or another table's is passed
// over, and the next apply begins a new one.
#include "ledger.h"

#include "connect.h"
#include "heap.h"
#include "ledger_file.h"
#include "ledger_lease.h"
#include "ledger_parts.h"
#include "ledger_read.h"
#include "ledger_table.h"
#include "project.h"

#include <inttypes.h>
#include <stdlib.h>

#define NOTES_MAX_BYTES ((size_t)64 << 20)

bool ledger_failed(struct ledger *ledger)
{
    struct diags *diags = &ledger->ddb->diags;
    if (ledger->store->told) {
        return false;
    }
    ledger->store->told = true;
    if (ledger->store->taken) {
        struct diag *held = diag_add(diags, DIAG_LEDGER_HELD, (struct span){0},
                                     "table %s is another run's by now: %s",
                                     diag_quote(diags, ledger->declared->name),
                                     diag_quote(diags, ledger->store->trouble));
        diag_help(diags, held, "run it again once that one has ended");
        return false;
    }
    struct diag *diag =
        diag_add(diags, DIAG_LEDGER_WRITE, ledger->ddb->target.ledger.span,
                 "the ledger of table %s cannot be written: %.*s: %.*s",
                 diag_quote(diags, ledger->declared->name),
                 STR_ARG(ledger->store->name), STR_ARG(ledger->store->trouble));
    diag_help(diags, diag, "`ledger: none` of the target does without");
    return false;
}

void ledger_ignore(struct ledger *ledger, const char *why)
{
    struct diags *diags = &ledger->ddb->diags;
    struct diag *diag =
        diag_add(diags, DIAG_LEDGER_IGNORED, (struct span){0},
                 "the ledger %.*s is not used: %s", STR_ARG(ledger->store->name), why);
    diag_help(diags, diag,
              "it is as if there were none; the next apply begins a new one");
    ledger->knows = false;
    ledger->store->state = LEDGER_STATE_UNSOUND;
}

// ---- opening

static bool is_about(const struct ledger_head *head, const struct live_table *live)
{
    // A server that tells neither could not be told from any other.
    return head->table_id.len + head->created.len > 0 &&
           str_eq(head->table_id, live->id) && str_eq(head->created, live->created);
}

// What stands there is of this very table, or as good as nothing.
static void judge(struct ledger *ledger)
{
    struct ledger_store *store = ledger->store;
    if (store->state == LEDGER_STATE_UNSOUND) {
        ledger_ignore(ledger, store->why);
        return;
    }
    if (store->state != LEDGER_STATE_FOUND) {
        return;
    }
    if (ledger->live->state == TABLE_MISSING) {
        store->state = LEDGER_STATE_EMPTY; // what it was about is gone: no news
    } else if (!is_about(&store->head, ledger->live)) {
        ledger_ignore(ledger, "it is about another table of this name");
    } else {
        ledger->knows = true;
    }
}

static bool refuse_held(struct ddb *ddb, const struct table *table, struct str holder)
{
    struct diag *diag = diag_add(&ddb->diags, DIAG_LEDGER_HELD, (struct span){0},
                                 "another apply is at work on table %s: %.*s",
                                 diag_quote(&ddb->diags, table->name), STR_ARG(holder));
    if (ddb->target.ledger.place == LEDGER_FILE) {
        diag_help(&ddb->diags, diag,
                  "nothing was changed; wait for its end, or end that process");
    } else {
        diag_help(
            &ddb->diags, diag,
            "nothing was changed; wait for its end, or, when it is gone, say "
            "`ddbgen unlock FILE`; it is taken for gone %d minutes after its last "
            "sign of life",
            (LEDGER_LEASE_S + LEDGER_SKEW_S) / 60);
    }
    return false;
}

static bool refuse_unusable(struct ddb *ddb, const struct table *table,
                            struct str where, struct str why, bool writes)
{
    const struct target *target = &ddb->target;
    if (target->ledger_said && writes) {
        struct diag *diag = diag_add(
            &ddb->diags, DIAG_LEDGER_WRITE, target->ledger.span,
            "the ledger of table %s cannot be kept in %.*s: %.*s",
            diag_quote(&ddb->diags, table->name), STR_ARG(where), STR_ARG(why));
        diag_help(&ddb->diags, diag, "`ledger: none` of the target does without");
        return false;
    }
    struct diag *diag =
        diag_add(&ddb->diags, writes ? DIAG_LEDGER_UNKEPT : DIAG_LEDGER_IGNORED,
                 (struct span){0},
                 writes ? "what is applied to table %s is not kept in %.*s: %.*s"
                        : "the ledger of table %s in %.*s is not used: %.*s",
                 diag_quote(&ddb->diags, table->name), STR_ARG(where), STR_ARG(why));
    diag_help(&ddb->diags, diag,
              "the target's `ledger` says where it may be, or `none`");
    return true;
}

static enum ledger_opened open_file(struct ledger_store **out, struct str *trouble,
                                    struct ddb *ddb, const struct unit *unit,
                                    bool writes)
{
    const char *folder = project_folder(unit->definition.source->name.at, &ddb->arena);
    struct ledger_file_options options = {
        .root = project_root(folder, &ddb->arena),
        .target = ddb->target.ledger_key,
        .table = unit->definition.table.name,
        .writes = writes,
        .stop = ddb->options.stop,
    };
    if (options.root == NULL) {
        *trouble = STR("the project's folder cannot be found");
        return LEDGER_UNUSABLE;
    }
    return ledger_file_open(out, trouble, &options, &ddb->arena);
}

static struct ledger_table_options table_options(struct ddb *ddb,
                                                 const struct unit *unit,
                                                 struct client *client, bool writes)
{
    struct str name = unit->definition.table.name;
    return (struct ledger_table_options){
        .client = client,
        .table = ddb->target.ledger.table,
        .about = name,
        .writes = writes,
        .doing = arena_printf(
                     &ddb->arena, "keeping the ledger of table %s in table %.*s",
                     diag_quote(&ddb->diags, name), STR_ARG(ddb->target.ledger.table))
                     .at,
        .diags = &ddb->diags,
    };
}

// Its calls come between others' that are in flight, so it has a client of its own.
static enum ledger_opened open_table(struct ledger_store **out, struct str *trouble,
                                     struct client **client, struct ddb *ddb,
                                     const struct unit *unit, bool writes)
{
    *client = connect_client(ddb, 1);
    if (*client == NULL) {
        return LEDGER_DIAGNOSED;
    }
    struct ledger_table_options options = table_options(ddb, unit, *client, writes);
    return ledger_table_open(out, trouble, &options, &ddb->arena);
}

bool ledger_unlock(struct str *holder, struct ddb *ddb, const struct unit *unit)
{
    struct ledger_store *store = NULL;
    *holder = STR("");
    if (ddb->target.ledger.place == LEDGER_FILE) {
        enum ledger_opened opened = open_file(&store, holder, ddb, unit, true);
        ledger_store_close(store);
        if (opened != LEDGER_HELD) {
            *holder = STR("");
            return true;
        }
        struct diag *diag =
            diag_add(&ddb->diags, DIAG_LEDGER_HELD, (struct span){0},
                     "another run is at work on table %s: %s",
                     diag_quote(&ddb->diags, unit->definition.table.name),
                     diag_quote(&ddb->diags, *holder));
        diag_help(&ddb->diags, diag, "end that process: a file is free with its end");
        return false;
    }
    if (ddb->target.ledger.place != LEDGER_TABLE) {
        return true;
    }
    struct client *client = connect_client(ddb, 1);
    if (client == NULL) {
        return false;
    }
    struct ledger_table_options options = table_options(ddb, unit, client, true);
    bool unlocked = ledger_table_unlock(holder, &options, &ddb->arena);
    client_free(client);
    return unlocked;
}

bool ledger_open(struct ledger **out, struct ddb *ddb, const struct unit *unit,
                 const struct live_table *live, bool writes)
{
    const struct table *table = &unit->definition.table;
    struct ledger_store *store = NULL;
    struct client *client = NULL;
    struct str trouble = {0};
    *out = NULL;
    if (ddb->target.ledger.place == LEDGER_NONE) {
        return true;
    }
    enum ledger_opened opened =
        ddb->target.ledger.place == LEDGER_TABLE
            ? open_table(&store, &trouble, &client, ddb, unit, writes)
            : open_file(&store, &trouble, ddb, unit, writes);
    if (opened != LEDGER_OPENED) {
        client_free(client);
        return opened == LEDGER_HELD
                   ? refuse_held(ddb, table, trouble)
                   : opened == LEDGER_UNUSABLE &&
                         refuse_unusable(ddb, table, STR(".ddbgen"), trouble, writes);
    }
    struct ledger *ledger = heap_calloc(1, sizeof *ledger);
    *ledger = (struct ledger){
        .ddb = ddb, .declared = table, .live = live, .store = store, .client = client};
    buf_init(&ledger->notes, NOTES_MAX_BYTES);
    judge(ledger);
    ledger->seed = ledger->knows ? store->head.seed : uuid_v4();
    *out = ledger;
    return true;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger != NULL) {
        ledger_store_close(ledger->store);
        client_free(ledger->client);
        ledger_maker_free(ledger->maker);
        ledger_writer_free(ledger->writer);
        buf_deinit(&ledger->notes);
        free(ledger);
    }
}

struct ledger_facts ledger_get_facts(const struct ledger *ledger)
{
    if (ledger == NULL) {
        return (struct ledger_facts){0};
    }
    return (struct ledger_facts){ledger->store->name, ledger->knows,
                                 ledger->store->bytes};
}

bool ledger_forget(struct ledger *ledger)
{
    ledger->knows = false;
    return ledger_store_forget(ledger->store) || ledger_failed(ledger);
}

// ---- reading

bool ledger_knows(const struct ledger *ledger)
{
    return ledger != NULL && ledger->knows;
}

struct hash_seed ledger_seed(const struct ledger *ledger)
{
    struct hash_seed words = {{0, 0}};
    for (size_t i = 0; i < sizeof ledger->seed.bytes; i++) {
        words.words[i / 8] |= (uint64_t)ledger->seed.bytes[i] << (8 * (i % 8));
    }
    return words;
}

struct decoding {
    struct ledger_reader *reader;
    const struct ledger_sink *to;
    const char *why;
};

static bool decode(void *context, struct str bytes)
{
    struct decoding *decoding = context;
    return ledger_reader_feed(decoding->reader, bytes, decoding->to, &decoding->why);
}

static bool give(struct ledger *ledger, bool notes, const struct ledger_sink *to)
{
    struct decoding decoding = {.reader = ledger_reader_new(), .to = to};
    struct byte_sink bytes = {decode, &decoding};
    struct ledger_store *store = ledger->store;
    store->trouble = STR("");
    bool read =
        notes ? ledger_store_notes(store, bytes) : ledger_store_base(store, bytes);
    if (read && !notes && !ledger_reader_end(decoding.reader)) {
        decoding.why = "its end is missing";
        read = false;
    }
    ledger_reader_free(decoding.reader);
    const char *why = decoding.why;
    if (why == NULL && store->trouble.len > 0) {
        why = store->trouble.at;
    }
    if (!read && why != NULL) {
        ledger_ignore(ledger, why);
    }
    return read;
}

bool ledger_base(struct ledger *ledger, const struct ledger_sink *to)
{
    return give(ledger, false, to);
}

bool ledger_notes(struct ledger *ledger, const struct ledger_sink *to)
{
    return give(ledger, true, to);
}
