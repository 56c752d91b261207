// A ledger as items of a table. In: bytes of entries. Out: chunks of a base that nobody
// reads before the head names it; notes as chunks behind it.
//
// The head is flipped under the lease: who lost it cannot make his base the one that
// counts. Who reads without a lease may find a base that was replaced under his hands;
// then a part of it is missing, which its own end tells.
#include "ledger_table.h"

#include "file.h"
#include "heap.h"
#include "json_write.h"
#include "ledger_items.h"
#include "ledger_lease.h"
#include "ledger_sound.h"
#include "request.h"
#include "table_admin.h"

#include <stdlib.h>

#define CHUNK_BYTES ((size_t)200 << 10) // when one is closed; a block more at most
#define NOTE_RAW_BYTES ((size_t)300 << 10)
#define VALUES_MAX_BYTES ((size_t)16 << 10)
#define CREATE_MAX_BYTES ((size_t)16 << 10)

struct ledger_table {
    struct ledger_store store;
    struct ledger_items items;
    bool writes;
    bool missing; // there is no table of ledgers yet
    struct ledger_lease lease;
    struct sound base;
    struct sound notes;
    uint64_t note_count;
    bool rebasing;
    struct block_writer writer;
    struct buf chunk;
    uint64_t chunk_count;
    struct zip *zip;
};

static struct ledger_table *table_of(struct ledger_store *store)
{
    return (struct ledger_table *)store; // its first member
}

static bool took(struct ledger_table *table, enum ledger_answer answer)
{
    struct ledger_store *store = &table->store;
    switch (answer) {
    case LEDGER_ANSWER_OK:
        return true;
    case LEDGER_ANSWER_NO_TABLE:
        store->trouble = STR("the table of ledgers is gone");
        break;
    case LEDGER_ANSWER_DECLINED:
        store->taken = true;
        store->trouble = ledger_lease_who(&table->items);
        break;
    case LEDGER_ANSWER_FAILED:
        store->told = true;
        break;
    }
    return false;
}

// ---- the lease

static enum ledger_opened take_lease(struct ledger_table *table,
                                     struct ledger_head_item *head)
{
    struct str *holder = &table->store.trouble;
    switch (ledger_lease_take(&table->lease, head, holder, &table->items)) {
    case LEDGER_ANSWER_OK:
        return LEDGER_OPENED;
    case LEDGER_ANSWER_DECLINED:
        return LEDGER_HELD;
    case LEDGER_ANSWER_NO_TABLE: // it was there a moment ago
        *holder = STR("the table of ledgers is gone");
        return LEDGER_UNUSABLE;
    case LEDGER_ANSWER_FAILED:
    default:
        return LEDGER_DIAGNOSED;
    }
}

static bool beat(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    return took(table, ledger_lease_renew(&table->lease, &table->items));
}

// ---- reading

// The stream of a kind, out of its chunks. False: diagnosed.
static bool load(struct sound *out, uint64_t *count, struct ledger_table *table,
                 const char *kind, struct str base, bool ends)
{
    int fd = file_open_temporary();
    *out = (struct sound){.fd = -1};
    *count = 0;
    if (fd < 0) {
        out->why = "there is no temporary file for it";
        return true;
    }
    if (!ledger_items_load(count, fd, &table->items, kind, base)) {
        out->fd = fd;
        sound_close(out);
        return false;
    }
    sound_examine(out, fd, ends, table->store.arena);
    return true;
}

// False: diagnosed.
static bool look(struct ledger_table *table, const struct ledger_head_item *head)
{
    struct ledger_store *store = &table->store;
    uint64_t count = 0;
    store->state = LEDGER_STATE_EMPTY;
    if (head->base.len == 0) {
        return true;
    }
    if (!load(&table->base, &count, table, "base", head->base, true)) {
        return false;
    }
    if (table->base.why != NULL || count != head->chunks) {
        store->state = LEDGER_STATE_UNSOUND;
        store->why =
            table->base.why != NULL ? table->base.why : "a part of it is missing";
        return true;
    }
    store->state = LEDGER_STATE_FOUND;
    store->head = table->base.head;
    store->bytes = table->base.size;
    store->length = table->base.length;
    store->checksum = table->base.checksum;
    if (!load(&table->notes, &table->note_count, table, "note", head->base, false)) {
        return false;
    }
    store->has_notes = table->note_count > 0 && table->notes.why == NULL;
    store->bytes += store->has_notes ? table->notes.size : 0;
    return true;
}

static bool read_base(struct ledger_store *store, struct byte_sink to)
{
    return sound_read(&table_of(store)->base, to, &store->trouble);
}

static bool read_notes(struct ledger_store *store, struct byte_sink to)
{
    return !store->has_notes ||
           sound_read(&table_of(store)->notes, to, &store->trouble);
}

// ---- writing

static bool send_chunk(struct ledger_table *table)
{
    if (table->chunk.len == 0) {
        return true;
    }
    struct str part = ledger_items_part(&table->items, "base", &table->store.head.base,
                                        ++table->chunk_count);
    bool sent =
        beat(&table->store) &&
        took(table, ledger_items_put(&table->items, part, buf_str(&table->chunk)));
    buf_reset(&table->chunk);
    return sent;
}

static bool take_block(void *context, struct str bytes)
{
    struct ledger_table *table = context;
    buf_put(&table->chunk, bytes);
    return table->chunk.len < CHUNK_BYTES || send_chunk(table);
}

static void drop_new(struct ledger_table *table)
{
    if (table->rebasing) {
        block_writer_deinit(&table->writer);
        table->rebasing = false;
    }
}

static bool rebase(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    drop_new(table);
    block_writer_init(&table->writer, (struct byte_sink){take_block, table});
    table->rebasing = true;
    table->chunk_count = 0;
    buf_reset(&table->chunk);
    buf_puts(&table->chunk, LEDGER_MAGIC);
    return sound_put_head(&table->writer, &store->head);
}

static bool put(struct ledger_store *store, struct str bytes)
{
    return block_writer_put(&table_of(store)->writer, bytes);
}

static struct str base_id(const struct ledger_table *table)
{
    char id[UUID_TEXT_LEN];
    uuid_format(&table->store.head.base, id);
    return arena_str(table->store.arena, (struct str){id, sizeof id});
}

static bool flip(struct ledger_table *table)
{
    struct buf values;
    buf_init(&values, VALUES_MAX_BYTES);
    ledger_put_text(&values, "base", base_id(table));
    ledger_put_count(&values, "chunks", (int64_t)table->chunk_count);
    enum ledger_answer answer =
        ledger_lease_update(&table->lease, &table->items,
                            "SET #base = :base, #chunks = :chunks", buf_str(&values));
    buf_deinit(&values);
    return took(table, answer);
}

static bool commit(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    bool written = block_writer_end(&table->writer) && send_chunk(table) && flip(table);
    drop_new(table);
    if (written) {
        store->state = LEDGER_STATE_FOUND;
        store->has_notes = false;
        table->note_count = 0;
        sound_close(&table->base);
        sound_close(&table->notes);
        ledger_items_sweep(&table->items, base_id(table));
    }
    return written;
}

// The table of ledgers, made where it is missing.
static bool make_table(struct ledger_table *table)
{
    const struct ledger_items *items = &table->items;
    struct live_table live;
    struct wait_options wait = {.stop = client_watched(items->client)};
    struct buf body;
    buf_init(&body, CREATE_MAX_BYTES);
    buf_puts(&body, "{\"TableName\":");
    json_put_string(&body, items->table);
    buf_puts(&body,
             ",\"BillingMode\":\"PAY_PER_REQUEST\",\"AttributeDefinitions\":["
             "{\"AttributeName\":\"ledger\",\"AttributeType\":\"S\"},"
             "{\"AttributeName\":\"part\",\"AttributeType\":\"S\"}],\"KeySchema\":["
             "{\"AttributeName\":\"ledger\",\"KeyType\":\"HASH\"},"
             "{\"AttributeName\":\"part\",\"KeyType\":\"RANGE\"}]}");
    bool made = table_create(items->client, items->table, buf_str(&body),
                             (struct span){0}, items->diags) &&
                table_wait(&live, items->client, items->table, &wait, items->arena,
                           items->diags);
    buf_deinit(&body);
    table->store.told = !made;
    return made;
}

// Of a ledger that could not be held before, for there was no table.
static bool hold_now(struct ledger_table *table)
{
    struct ledger_head_item head;
    if (!make_table(table) || !took(table, ledger_items_head(&head, &table->items))) {
        return false;
    }
    enum ledger_opened opened = take_lease(table, &head);
    table->store.told = opened == LEDGER_DIAGNOSED;
    table->store.taken = opened == LEDGER_HELD;
    if (opened == LEDGER_OPENED && head.base.len > 0) {
        table->store.taken = true;
        table->store.trouble = STR("it began and ended since the plan was made");
        return false;
    }
    table->missing = opened != LEDGER_OPENED;
    return opened == LEDGER_OPENED;
}

static bool hold(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    return table->missing ? hold_now(table) : beat(store);
}

static bool put_note(struct ledger_table *table, struct str framed)
{
    struct str part = ledger_items_part(&table->items, "note", &table->store.head.base,
                                        ++table->note_count);
    return beat(&table->store) &&
           took(table, ledger_items_put(&table->items, part, framed));
}

static bool begin(struct ledger_store *store)
{
    return hold(store) &&
           (store->state == LEDGER_STATE_FOUND || (rebase(store) && commit(store)));
}

static bool note(struct ledger_store *store, struct str bytes)
{
    struct ledger_table *table = table_of(store);
    struct buf text;
    bool written = true;
    buf_init(&text, 2 * BLOCK_RAW_MAX);
    while (bytes.len > 0 && written) {
        struct str part = {bytes.at,
                           bytes.len < NOTE_RAW_BYTES ? bytes.len : NOTE_RAW_BYTES};
        buf_reset(&text);
        if (table->note_count == 0) {
            sound_put_beginning(&text, table->zip, &store->head);
        }
        block_put(&text, table->zip, part);
        written = put_note(table, buf_str(&text));
        bytes = str_skip(bytes, part.len);
    }
    buf_deinit(&text);
    return written;
}

static bool forget(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    if (table->missing) {
        return true;
    }
    bool gone = took(table, ledger_lease_update(&table->lease, &table->items,
                                                "REMOVE #base, #chunks", STR("")));
    if (gone) {
        store->state = LEDGER_STATE_EMPTY;
        store->has_notes = false;
        ledger_items_sweep(&table->items, STR(""));
    }
    return gone;
}

static void close_table(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    ledger_lease_end(&table->lease, &table->items);
    drop_new(table);
    sound_close(&table->base);
    sound_close(&table->notes);
    buf_deinit(&table->chunk);
    zip_free(table->zip);
    free(table);
}

// ---- opening

static const struct ledger_store_kind KIND = {
    .base = read_base,
    .notes = read_notes,
    .hold = hold,
    .begin = begin,
    .note = note,
    .rebase = rebase,
    .put = put,
    .commit = commit,
    .forget = forget,
    .beat = beat,
    .close = close_table,
};

static struct ledger_items items_of(const struct ledger_table_options *options,
                                    struct arena *arena)
{
    return (struct ledger_items){options->client, options->table, options->about,
                                 arena,           options->diags, options->doing};
}

static enum ledger_opened open_items(struct ledger_table *table)
{
    struct ledger_head_item head;
    switch (ledger_items_head(&head, &table->items)) {
    case LEDGER_ANSWER_OK:
        break;
    case LEDGER_ANSWER_NO_TABLE:
        table->missing = true;
        return LEDGER_OPENED;
    case LEDGER_ANSWER_DECLINED:
    case LEDGER_ANSWER_FAILED:
    default:
        return LEDGER_DIAGNOSED;
    }
    enum ledger_opened opened =
        table->writes ? take_lease(table, &head) : LEDGER_OPENED;
    if (opened == LEDGER_OPENED && !look(table, &head)) {
        opened = LEDGER_DIAGNOSED;
    }
    return opened;
}

enum ledger_opened ledger_table_open(struct ledger_store **out, struct str *trouble,
                                     const struct ledger_table_options *options,
                                     struct arena *arena)
{
    struct ledger_table *table = heap_calloc(1, sizeof *table);
    *table = (struct ledger_table){
        .store = {.kind = &KIND,
                  .arena = arena,
                  .name =
                      arena_printf(arena, "in table %.*s", STR_ARG(options->table))},
        .items = items_of(options, arena),
        .writes = options->writes,
        .base = {.fd = -1},
        .notes = {.fd = -1},
        .zip = zip_new(),
    };
    buf_init(&table->chunk, CHUNK_BYTES + 2 * BLOCK_RAW_MAX);
    enum ledger_opened opened = open_items(table);
    *trouble = table->store.trouble;
    if (opened != LEDGER_OPENED) {
        close_table(&table->store);
        return opened;
    }
    *out = &table->store;
    return LEDGER_OPENED;
}

bool ledger_table_unlock(struct str *holder, const struct ledger_table_options *options,
                         struct arena *arena)
{
    struct ledger_items items = items_of(options, arena);
    return ledger_lease_break(holder, &items);
}
