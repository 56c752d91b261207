// Two readings of what is declared, and in between one of what is there: fingerprints
// first, so that all of it fits, and the items themselves only where they differ.
#include "reconcile.h"

#include "canon.h"
#include "declared.h"
#include "json_write.h"
#include "map.h"
#include "unify.h"
#include "value_json.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_BYTES ((size_t)16 << 20)
#define KEYS_IN_READ 100 // C040

// A live item that is ours and under no declared key.
struct orphan {
    struct item_identity identity;
    struct str key; // canonical
    struct str json;
    bool claimed; // what it was made for is declared
    struct orphan *next;
};

struct reconciler {
    struct compilation *compilation;
    const struct unit *unit;
    struct arena arena;
    struct arena scratch; // of one item
    struct declared declared;
    struct uuid_hasher *hasher;
    struct buf text;
    struct unifier *unifier; // NULL: not needed yet

    struct map partitions; // canonical hash key, of items of conversations
    struct reconcile_read *reads;
    size_t read_count;
    size_t read_cap;
    struct buf keys; // of the BatchGetItem that is being filled
    size_t key_count;

    struct str *kept; // live items that differ, by declared_item.live
    size_t kept_count;
    size_t kept_cap;
    size_t kept_bytes;
    struct map orphans; // identity's bytes to the first orphan of it
    bool owns_all;      // an orphan without an identity is ours, too
    size_t orphan_count;
    const struct change_sink *to;
};

struct reconciler *reconciler_new(struct compilation *compilation,
                                  const struct unit *unit)
{
    struct arena arena = {0};
    struct reconciler *reconciler = arena_alloc(&arena, sizeof *reconciler);
    *reconciler =
        (struct reconciler){.compilation = compilation, .unit = unit, .arena = arena};
    declared_init(&reconciler->declared);
    reconciler->hasher = uuid_hasher_new(&UUID_CONVERSATION_NAMESPACE);
    buf_init(&reconciler->text, TEXT_MAX_BYTES);
    buf_init(&reconciler->keys, TEXT_MAX_BYTES);
    map_init(&reconciler->partitions, &reconciler->arena);
    map_init(&reconciler->orphans, &reconciler->arena);
    return reconciler;
}

void reconciler_free(struct reconciler *reconciler)
{
    if (reconciler == NULL) {
        return;
    }
    unifier_free(reconciler->unifier);
    declared_deinit(&reconciler->declared);
    uuid_hasher_free(reconciler->hasher);
    buf_deinit(&reconciler->text);
    buf_deinit(&reconciler->keys);
    arena_deinit(&reconciler->scratch);
    struct arena arena = reconciler->arena; // which the reconciler itself lives in
    arena_deinit(&arena);
}

// An item as it was read, with its key's canonical text and fingerprint.
struct parsed {
    struct value_entry *entries;
    size_t count;
    struct str key_text; // in scratch
    struct uuid key;
};

static bool parse(struct reconciler *reconciler, struct parsed *out, struct str json,
                  const char **why)
{
    arena_reset(&reconciler->scratch);
    buf_reset(&reconciler->text);
    if (!value_json_read_item(&out->entries, &out->count, json, &reconciler->scratch,
                              why)) {
        return false;
    }
    if (!canon_put_key(&reconciler->text, &reconciler->unit->definition.table,
                       out->entries, out->count)) {
        *why = "it lacks the table's key";
        return false;
    }
    out->key_text = arena_str(&reconciler->scratch, buf_str(&reconciler->text));
    out->key = uuid_hasher_v5(reconciler->hasher, out->key_text);
    return true;
}

// What was emitted is {"Item":{...}} of legal values: it reads back.
static struct str inner(struct str emitted)
{
    static const size_t HEAD = sizeof "{\"Item\":" - 1;
    return (struct str){emitted.at + HEAD, emitted.len - HEAD - 1};
}

static struct uuid contents_of(struct reconciler *reconciler, const struct parsed *item)
{
    buf_reset(&reconciler->text);
    canon_put_item(&reconciler->text, item->entries, item->count, &reconciler->scratch);
    return uuid_hasher_v5(reconciler->hasher, buf_str(&reconciler->text));
}

// ---- what is declared

static const struct value_entry *find_entry(const struct parsed *item, struct str name)
{
    size_t i = 0;
    while (!str_eq(item->entries[i].name, name)) {
        i++; // a declared item has its keys
    }
    return &item->entries[i];
}

static void add_read(struct reconciler *reconciler, bool keys, struct str members)
{
    reconciler->reads = arena_grow(&reconciler->arena, reconciler->reads,
                                   reconciler->read_count, reconciler->read_count + 1,
                                   &reconciler->read_cap, sizeof *reconciler->reads);
    reconciler->reads[reconciler->read_count++] =
        (struct reconcile_read){keys, arena_str(&reconciler->arena, members)};
}

// "TableName":..., KeyConditionExpression and the rest, without the closing brace.
static void add_partition(struct reconciler *reconciler, const struct value_entry *hash)
{
    struct buf *out = &reconciler->text;
    buf_reset(out);
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, reconciler->unit->definition.table.name);
    buf_puts(out, ",\"ConsistentRead\":true,\"KeyConditionExpression\":\"#h = :h\","
                  "\"ExpressionAttributeNames\":{\"#h\":");
    json_put_string(out, hash->name);
    buf_puts(out, "},\"ExpressionAttributeValues\":{\":h\":");
    value_write(out, hash->value);
    buf_char(out, '}');
    add_read(reconciler, false, buf_str(out));
}

static void end_keys(struct reconciler *reconciler)
{
    if (reconciler->key_count > 0) {
        buf_puts(&reconciler->keys, "],\"ConsistentRead\":true}");
        add_read(reconciler, true, buf_str(&reconciler->keys));
    }
    buf_reset(&reconciler->keys);
    reconciler->key_count = 0;
}

static void put_entry(struct buf *out, const struct value_entry *entry)
{
    json_put_string(out, entry->name);
    buf_char(out, ':');
    value_write(out, entry->value);
}

static void add_key(struct reconciler *reconciler, const struct parsed *item)
{
    const struct table *table = &reconciler->unit->definition.table;
    struct buf *out = &reconciler->keys;
    if (reconciler->key_count == 0) {
        json_put_string(out, table->name);
        buf_puts(out, ":{\"Keys\":[");
    } else {
        buf_char(out, ',');
    }
    buf_char(out, '{');
    put_entry(out, find_entry(item, table->key.hash[0].name));
    if (table->key.range_count > 0) {
        buf_char(out, ',');
        put_entry(out, find_entry(item, table->key.range[0].name));
    }
    buf_char(out, '}');
    if (++reconciler->key_count == KEYS_IN_READ) {
        end_keys(reconciler);
    }
}

// Partitions of conversations are read whole: what is stale stands in them. Of rows and
// items only themselves are read.
static void plan_read(struct reconciler *reconciler, const struct parsed *item,
                      const struct item_identity *identity)
{
    const struct value_entry *hash =
        find_entry(item, reconciler->unit->definition.table.key.hash[0].name);
    bool known = map_find(&reconciler->partitions, hash->value->text) != NULL;
    if (known) {
        return;
    }
    if (identity->fixture->data != NULL) {
        add_key(reconciler, item);
        return;
    }
    struct str key = arena_str(&reconciler->arena, hash->value->text);
    map_add(&reconciler->partitions, key, NULL)->value = reconciler; // any, to be found
    add_partition(reconciler, hash);
}

static bool declare(void *context, struct batch *batch)
{
    struct reconciler *reconciler = context;
    for (unsigned i = 0; i < batch->count; i++) {
        struct parsed item;
        const char *why = NULL;
        if (parse(reconciler, &item, inner(batch_item_json(batch, i)), &why)) {
            struct uuid contents = contents_of(reconciler, &item);
            declared_add(&reconciler->declared, &item.key, &contents);
            plan_read(reconciler, &item, &batch->items[i].identity);
        }
    }
    batch_reset(batch);
    return true;
}

struct batch_sink reconciler_declare(struct reconciler *reconciler)
{
    return (struct batch_sink){declare, reconciler};
}

static bool note_former(void *context, struct batch *batch)
{
    struct reconciler *reconciler = context;
    for (unsigned i = 0; i < batch->count; i++) {
        const struct item_identity *identity = &batch->items[i].identity;
        struct parsed item;
        const char *why = NULL;
        if (identity->fixture->data == NULL &&
            parse(reconciler, &item, inner(batch_item_json(batch, i)), &why)) {
            plan_read(reconciler, &item, identity);
        }
    }
    batch_reset(batch);
    return true;
}

struct batch_sink reconciler_former(struct reconciler *reconciler)
{
    return (struct batch_sink){note_former, reconciler};
}

size_t reconciler_reads(struct reconciler *reconciler, struct reconcile_read **reads)
{
    end_keys(reconciler);
    *reads = reconciler->reads;
    return reconciler->read_count;
}

// ---- what is there

// The same bytes for the same identity.
static struct str identity_text(struct arena *arena,
                                const struct item_identity *identity)
{
    uint64_t *words = arena_alloc(arena, 4 * sizeof *words);
    words[0] = (uint64_t)(uintptr_t)identity->program;
    words[1] = (uint64_t)(uintptr_t)identity->fixture;
    words[2] = identity->conversation;
    words[3] = identity->index;
    return (struct str){(const char *)words, 4 * sizeof *words};
}

// The text of a live item that differs, as long as there is room.
static struct str keep(struct reconciler *reconciler, struct str json)
{
    if (reconciler->kept_bytes + json.len > RECONCILE_KEPT_MAX) {
        return (struct str){0};
    }
    reconciler->kept_bytes += json.len;
    return arena_str(&reconciler->arena, json);
}

static void note_different(struct reconciler *reconciler,
                           struct declared_item *declared, struct str json)
{
    declared->state = DECLARED_DIFFERENT;
    declared->live = (uint32_t)reconciler->kept_count;
    reconciler->kept = arena_grow(&reconciler->arena, reconciler->kept,
                                  reconciler->kept_count, reconciler->kept_count + 1,
                                  &reconciler->kept_cap, sizeof *reconciler->kept);
    reconciler->kept[reconciler->kept_count++] = keep(reconciler, json);
}

// {"pk":...,"sk":...} of an item.
static struct str key_json(struct reconciler *reconciler, const struct parsed *item)
{
    const struct key_schema *key = &reconciler->unit->definition.table.key;
    struct buf *out = &reconciler->text;
    buf_reset(out);
    buf_char(out, '{');
    put_entry(out, find_entry(item, key->hash[0].name));
    if (key->range_count > 0) {
        buf_char(out, ',');
        put_entry(out, find_entry(item, key->range[0].name));
    }
    buf_char(out, '}');
    return arena_str(&reconciler->arena, buf_str(out));
}

static void note_orphan(struct reconciler *reconciler, const struct parsed *item,
                        struct str json)
{
    struct item_identity identity = {0};
    if (reconciler->unifier == NULL) {
        reconciler->unifier = unifier_new(reconciler->compilation, reconciler->unit);
    }
    if (!unifier_match(reconciler->unifier, &identity, item->entries, item->count)) {
        if (!reconciler->owns_all) {
            return; // somebody else's
        }
        identity = (struct item_identity){0};
    }
    struct str kept = keep(reconciler, json);
    struct orphan *orphan = arena_alloc(&reconciler->arena, sizeof *orphan);
    *orphan = (struct orphan){
        .identity = identity,
        .key = arena_str(&reconciler->arena, item->key_text),
        .json = kept.len > 0 ? kept : key_json(reconciler, item),
    };
    struct map_entry *entry = map_add(
        &reconciler->orphans, identity_text(&reconciler->arena, &identity), NULL);
    orphan->next = entry->value;
    entry->value = orphan;
    reconciler->orphan_count++;
}

void reconciler_own_all(struct reconciler *reconciler)
{
    reconciler->owns_all = true;
}

bool reconciler_live(struct reconciler *reconciler, struct str json, const char **why)
{
    struct parsed item;
    if (!parse(reconciler, &item, json, why)) {
        return false;
    }
    struct declared_item *declared = declared_find(&reconciler->declared, &item.key);
    if (declared == NULL) {
        note_orphan(reconciler, &item, json);
        return true;
    }
    struct uuid contents = contents_of(reconciler, &item);
    if (uuid_eq(&contents, &declared->contents)) {
        declared->state = DECLARED_SAME;
    } else if (declared->state == DECLARED_MISSING) { // it may be read twice
        note_different(reconciler, declared, json);
    }
    return true;
}

// ---- what has to change

static bool report(struct reconciler *reconciler, enum item_change_kind kind,
                   const struct batch *batch, unsigned i, struct str live, bool put)
{
    struct item_change change = {
        .kind = kind,
        .table = &reconciler->unit->definition.table,
        .declared = batch_item_json(batch, i),
        .live = live,
        .put = put,
        .item = &batch->items[i],
    };
    return reconciler->to->change(reconciler->to->context, &change);
}

// The orphans of what the item was made for: its old places.
static bool report_moves(struct reconciler *reconciler, const struct batch *batch,
                         unsigned i, bool missing)
{
    const struct item_identity *identity = &batch->items[i].identity;
    if (reconciler->orphan_count == 0 || identity->fixture->data != NULL) {
        return !missing || report(reconciler, ITEM_ADDED, batch, i, STR(""), true);
    }
    struct orphan *orphan =
        map_find(&reconciler->orphans, identity_text(&reconciler->scratch, identity));
    if (orphan == NULL) {
        return !missing || report(reconciler, ITEM_ADDED, batch, i, STR(""), true);
    }
    bool more = true;
    for (; orphan != NULL && more; orphan = orphan->next) {
        orphan->claimed = true;
        more = report(reconciler, ITEM_MOVED, batch, i, orphan->json, missing);
        missing = false;
    }
    return more;
}

static bool find_changes(void *context, struct batch *batch)
{
    struct reconciler *reconciler = context;
    bool more = true;
    for (unsigned i = 0; i < batch->count && more; i++) {
        struct parsed item;
        const char *why = NULL;
        if (!parse(reconciler, &item, inner(batch_item_json(batch, i)), &why)) {
            continue; // what was emitted reads back
        }
        const struct declared_item *declared =
            declared_find(&reconciler->declared, &item.key);
        if (declared == NULL) { // not what was emitted before
            diag_add(reconciler->compilation->diags, DIAG_FILE_CHANGED,
                     source_span_file(batch->items[i].source),
                     "the file changed while it was compiled");
            return false;
        }
        if (declared->state == DECLARED_DIFFERENT) {
            more = report(reconciler, ITEM_CHANGED, batch, i,
                          reconciler->kept[declared->live], true);
        }
        more = more &&
               report_moves(reconciler, batch, i, declared->state == DECLARED_MISSING);
    }
    batch_reset(batch);
    return more;
}

struct batch_sink reconciler_changes(struct reconciler *reconciler,
                                     const struct change_sink *to)
{
    reconciler->to = to;
    return (struct batch_sink){find_changes, reconciler};
}

static int compare_orphans(const void *left, const void *right)
{
    const struct orphan *const *a = left;
    const struct orphan *const *b = right;
    return str_cmp((*a)->key, (*b)->key);
}

bool reconciler_stale(struct reconciler *reconciler, const struct change_sink *to)
{
    const struct orphan **stale = arena_array(
        &reconciler->arena, reconciler->orphan_count, sizeof(struct orphan *));
    size_t count = 0;
    for (size_t i = 0; i < reconciler->orphans.count; i++) {
        for (const struct orphan *orphan = reconciler->orphans.entries[i].value;
             orphan != NULL; orphan = orphan->next) {
            if (!orphan->claimed) {
                stale[count++] = orphan;
            }
        }
    }
    if (count > 0) {
        qsort(stale, count, sizeof(struct orphan *), compare_orphans);
    }
    bool more = true;
    for (size_t i = 0; i < count && more; i++) {
        struct item_change change = {
            .kind = ITEM_STALE,
            .table = &reconciler->unit->definition.table,
            .live = stale[i]->json,
        };
        more = to->change(to->context, &change);
    }
    return more;
}
