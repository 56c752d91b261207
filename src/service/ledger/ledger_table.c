// A ledger as items of a table. In: bytes of entries. Out: chunks of a base that nobody
// reads before the head names it; notes as chunks behind it.
//
// The head is flipped under the lease: who lost it cannot make his base the one that
// counts. Who reads without a lease may find a base that was replaced under his hands;
// then a part of it is missing, which its own end tells.
#include "ledger_table.h"

#include "file.h"
#include "heap.h"
#include "instant.h"
#include "json_write.h"
#include "ledger_items.h"
#include "ledger_owner.h"
#include "ledger_sound.h"
#include "request.h"
#include "table_admin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)200 << 10) // when one is closed; a block more at most
#define NOTE_RAW_BYTES ((size_t)300 << 10)
#define BEAT_MS 20000u
#define VALUES_MAX_BYTES ((size_t)16 << 10)
#define CREATE_MAX_BYTES ((size_t)16 << 10)

struct ledger_table {
    struct ledger_store store;
    struct ledger_items items;
    bool writes;
    bool missing; // there is no table of ledgers yet
    struct str token;
    uint64_t beat_ms;
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
    static const char *const WHY[] = {
        [LEDGER_ANSWER_NO_TABLE] = "the table of ledgers is gone",
        [LEDGER_ANSWER_DECLINED] = "another run holds it by now",
    };
    if (answer == LEDGER_ANSWER_OK) {
        return true;
    }
    table->store.told = answer == LEDGER_ANSWER_FAILED;
    table->store.trouble =
        answer == LEDGER_ANSWER_FAILED ? STR("") : str_from(WHY[answer]);
    return false;
}

// ---- the lease

static int64_t now_s(void)
{
    return instant_now() / 1000000;
}

static void put_text(struct buf *values, const char *name, struct str text)
{
    buf_printf(values, "%s\":%s\":{\"S\":", values->len > 0 ? "," : "", name);
    json_put_string(values, text);
    buf_char(values, '}');
}

static void put_count(struct buf *values, const char *name, int64_t number)
{
    buf_printf(values, "%s\":%s\":{\"N\":\"%" PRId64 "\"}", values->len > 0 ? "," : "",
               name, number);
}

// `seen`: a lease that is over.
static enum ledger_answer take_lease(struct ledger_table *table,
                                     const struct ledger_head_item *seen)
{
    struct arena *arena = table->store.arena;
    struct buf values;
    char token[UUID_TEXT_LEN];
    struct uuid random = uuid_v4();
    uuid_format(&random, token);
    table->token = arena_str(arena, (struct str){token, sizeof token});
    buf_init(&values, VALUES_MAX_BYTES);
    put_text(&values, "owner", ledger_owner(arena));
    put_text(&values, "token", table->token);
    put_text(&values, "since", ledger_time(arena));
    put_count(&values, "expires", now_s() + LEDGER_LEASE_S);
    if (seen->token.len > 0) {
        put_text(&values, "seen", seen->token);
        put_count(&values, "over", seen->expires);
    }
    enum ledger_answer answer = ledger_items_update(
        &table->items,
        "SET #owner = :owner, #token = :token, #since = :since, #expires = :expires",
        seen->token.len > 0 ? "#token = :seen AND #expires = :over"
                            : "attribute_not_exists(#token)",
        buf_str(&values));
    buf_deinit(&values);
    table->beat_ms = clock_monotonic_ms();
    if (answer != LEDGER_ANSWER_OK) {
        table->token = STR("");
    }
    return answer;
}

static struct str holder_of(const struct ledger_head_item *head, struct arena *arena)
{
    return arena_printf(arena, "%.*s, since %.*s", STR_ARG(head->owner),
                        STR_ARG(head->since));
}

static enum ledger_opened hold(struct ledger_table *table,
                               struct ledger_head_item *head)
{
    struct arena *arena = table->store.arena;
    bool over = head->token.len > 0 && head->expires + LEDGER_SKEW_S < now_s();
    enum ledger_answer answer = LEDGER_ANSWER_DECLINED;
    if (head->token.len == 0 || over) {
        answer = take_lease(table, head);
    }
    if (answer == LEDGER_ANSWER_OK) {
        // Since it was read somebody may have made another base.
        answer = ledger_items_head(head, &table->items);
        return answer == LEDGER_ANSWER_OK ? LEDGER_OPENED : LEDGER_DIAGNOSED;
    }
    if (answer != LEDGER_ANSWER_DECLINED) {
        return LEDGER_DIAGNOSED;
    }
    if (over || head->token.len == 0) { // somebody was faster
        if (ledger_items_head(head, &table->items) != LEDGER_ANSWER_OK) {
            return LEDGER_DIAGNOSED;
        }
    }
    table->store.trouble = holder_of(head, arena);
    return LEDGER_HELD;
}

static bool beat(struct ledger_store *store)
{
    struct ledger_table *table = table_of(store);
    uint64_t now = clock_monotonic_ms();
    if (table->token.len == 0 || now < table->beat_ms + BEAT_MS) {
        return true;
    }
    struct buf values;
    buf_init(&values, VALUES_MAX_BYTES);
    put_text(&values, "token", table->token);
    put_count(&values, "expires", now_s() + LEDGER_LEASE_S);
    enum ledger_answer answer = ledger_items_update(
        &table->items, "SET #expires = :expires", "#token = :token", buf_str(&values));
    buf_deinit(&values);
    table->beat_ms = now;
    return took(table, answer);
}

static void let_go(struct ledger_table *table)
{
    struct buf values;
    if (table->token.len == 0) {
        return;
    }
    buf_init(&values, VALUES_MAX_BYTES);
    put_text(&values, "token", table->token);
    // Whoever interrupted the run wants the next one to go on. What fails is over soon.
    client_watch(table->items.client, NULL);
    (void)ledger_items_update(&table->items, "REMOVE #owner, #token, #since, #expires",
                              "#token = :token", buf_str(&values));
    buf_deinit(&values);
    table->token = STR("");
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
    put_text(&values, "token", table->token);
    put_text(&values, "base", base_id(table));
    put_count(&values, "chunks", (int64_t)table->chunk_count);
    enum ledger_answer answer =
        ledger_items_update(&table->items, "SET #base = :base, #chunks = :chunks",
                            "#token = :token", buf_str(&values));
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
    switch (hold(table, &head)) {
    case LEDGER_OPENED:
        break;
    case LEDGER_HELD:
        return false;
    case LEDGER_DIAGNOSED:
    case LEDGER_UNUSABLE:
    default:
        table->store.told = true;
        return false;
    }
    if (head.base.len > 0) {
        table->store.trouble = STR("somebody else began one meanwhile: run it again");
        return false;
    }
    table->missing = false;
    return true;
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
    struct ledger_table *table = table_of(store);
    if (table->missing && !hold_now(table)) {
        return false;
    }
    return store->state == LEDGER_STATE_FOUND || (rebase(store) && commit(store));
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
    struct buf values;
    if (table->missing) {
        return true;
    }
    buf_init(&values, VALUES_MAX_BYTES);
    put_text(&values, "token", table->token);
    bool gone = took(table, ledger_items_update(&table->items, "REMOVE #base, #chunks",
                                                "#token = :token", buf_str(&values)));
    buf_deinit(&values);
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
    let_go(table);
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
    enum ledger_opened opened = table->writes ? hold(table, &head) : LEDGER_OPENED;
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
    struct ledger_head_item head;
    struct buf values;
    *holder = STR("");
    enum ledger_answer answer = ledger_items_head(&head, &items);
    if (answer != LEDGER_ANSWER_OK || head.token.len == 0) {
        return answer != LEDGER_ANSWER_FAILED;
    }
    buf_init(&values, VALUES_MAX_BYTES);
    put_text(&values, "token", head.token);
    answer = ledger_items_update(&items, "REMOVE #owner, #token, #since, #expires",
                                 "#token = :token", buf_str(&values));
    buf_deinit(&values);
    *holder = answer == LEDGER_ANSWER_OK ? holder_of(&head, arena) : STR("");
    return answer != LEDGER_ANSWER_FAILED; // declined: he has ended meanwhile
}
