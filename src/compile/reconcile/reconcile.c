// Two readings of what is declared, and in between one of what is there: fingerprints
// first, so that all of it fits, and the items themselves only where they differ.
#include "reconcile.h"

#include "declared.h"
#include "die.h"
#include "item_print.h"
#include "json_write.h"
#include "map.h"
#include "provenance.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_BYTES ((size_t)16 << 20)
#define KEYS_IN_READ 100 // C040

// A live item that is ours and under no declared key.
struct orphan {
    struct item_identity identity;
    struct str key; // canonical
    struct str json;
    struct uuid contents;
    bool cut;     // json is the key alone
    bool claimed; // what it was made for is declared
    struct orphan *next;
};

// A live item that is there, and otherwise.
struct different {
    struct str json; // empty: not kept
    struct uuid contents;
    bool cut; // as in struct orphan
};

struct reconciler {
    struct compilation *compilation;
    const struct unit *unit;
    struct arena arena;
    struct declared declared;
    struct item_printer *printer;
    struct buf text;
    struct provenance *provenance; // NULL: not needed yet

    struct map partitions; // canonical hash key, of items of conversations
    struct reconcile_read *reads;
    size_t read_count;
    size_t read_cap;
    struct buf keys; // of the BatchGetItem that is being filled
    size_t key_count;

    size_t same_count;      // declared items that are there as they should be
    struct different *kept; // live items that differ, by declared_item.live
    size_t kept_count;
    size_t kept_cap;
    size_t kept_bytes;
    size_t kept_max;
    struct map orphans; // identity's bytes to the first orphan of it
    bool owns_all;      // an orphan without an identity is ours, too
    size_t orphan_count;
    const struct change_sink *to;
    size_t emitted;     // items, while changes are looked for
    struct item values; // of the declared item at hand, as long as its print
};

struct reconciler *reconciler_new(struct compilation *compilation,
                                  const struct unit *unit)
{
    struct arena arena = {0};
    struct reconciler *reconciler = arena_alloc(&arena, sizeof *reconciler);
    *reconciler =
        (struct reconciler){.compilation = compilation, .unit = unit, .arena = arena};
    declared_init(&reconciler->declared);
    reconciler->kept_max = RECONCILE_KEPT_MAX;
    reconciler->printer = item_printer_new(&unit->definition.table);
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
    provenance_free(reconciler->provenance);
    declared_deinit(&reconciler->declared);
    item_printer_free(reconciler->printer);
    buf_deinit(&reconciler->text);
    buf_deinit(&reconciler->keys);
    struct arena arena = reconciler->arena; // which the reconciler itself lives in
    arena_deinit(&arena);
}

// ---- what is declared

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

static void add_key(struct reconciler *reconciler, const struct item_print *item)
{
    const struct table *table = &reconciler->unit->definition.table;
    struct buf *out = &reconciler->keys;
    if (reconciler->key_count == 0) {
        json_put_string(out, table->name);
        buf_puts(out, ":{\"Keys\":[");
    } else {
        buf_char(out, ',');
    }
    item_print_write_key(out, reconciler->printer, item);
    if (++reconciler->key_count == KEYS_IN_READ) {
        end_keys(reconciler);
    }
}

// Partitions of conversations are read whole: what is stale stands in them. Of rows and
// items only themselves are read.
static void plan_read(struct reconciler *reconciler, const struct item_print *item,
                      const struct item_identity *identity)
{
    const struct value_entry *hash =
        item_print_get(item, reconciler->unit->definition.table.key.hash[0].name);
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

static bool declare(void *context, const struct item *values,
                    const struct item_identity *identity)
{
    struct reconciler *reconciler = context;
    struct item_print item;
    if (!item_print_take(&item, reconciler->printer, values)) {
        die("an item that was verified lacks its key");
    }
    struct uuid contents = item_print_contents(reconciler->printer, &item);
    declared_add(&reconciler->declared, &item.key, &contents);
    plan_read(reconciler, &item, identity);
    return true;
}

struct item_sink reconciler_declare(struct reconciler *reconciler)
{
    return (struct item_sink){declare, reconciler};
}

static bool note_former(void *context, const struct item *values,
                        const struct item_identity *identity)
{
    struct reconciler *reconciler = context;
    struct item_print item;
    if (identity->fixture->data == NULL &&
        item_print_take(&item, reconciler->printer, values)) {
        plan_read(reconciler, &item, identity);
    }
    return true;
}

struct item_sink reconciler_former(struct reconciler *reconciler)
{
    return (struct item_sink){note_former, reconciler};
}

size_t reconciler_reads(struct reconciler *reconciler, struct reconcile_read **reads)
{
    end_keys(reconciler);
    *reads = reconciler->reads;
    return reconciler->read_count;
}

// ---- what is there

#define IDENTITY_WORDS 4

// The same bytes for the same identity, in words.
static struct str identity_text(uint64_t words[IDENTITY_WORDS],
                                const struct item_identity *identity)
{
    words[0] = (uint64_t)(uintptr_t)identity->program;
    words[1] = (uint64_t)(uintptr_t)identity->fixture;
    words[2] = identity->conversation;
    words[3] = identity->index;
    return (struct str){(const char *)words, IDENTITY_WORDS * sizeof *words};
}

// The text of a live item that differs, as long as there is room.
static struct str keep(struct reconciler *reconciler, struct str json)
{
    if (reconciler->kept_bytes + json.len > reconciler->kept_max) {
        return (struct str){0};
    }
    reconciler->kept_bytes += json.len;
    return arena_str(&reconciler->arena, json);
}

static void note_different(struct reconciler *reconciler,
                           struct declared_item *declared, struct str json,
                           const struct uuid *contents)
{
    declared->state = DECLARED_DIFFERENT;
    declared->live = (uint32_t)reconciler->kept_count;
    reconciler->kept = arena_grow(&reconciler->arena, reconciler->kept,
                                  reconciler->kept_count, reconciler->kept_count + 1,
                                  &reconciler->kept_cap, sizeof *reconciler->kept);
    reconciler->kept[reconciler->kept_count++] =
        (struct different){keep(reconciler, json), *contents, false};
}

// {"pk":...,"sk":...} of an item.
static struct str key_json(struct reconciler *reconciler, const struct item_print *item)
{
    buf_reset(&reconciler->text);
    item_print_write_key(&reconciler->text, reconciler->printer, item);
    return arena_str(&reconciler->arena, buf_str(&reconciler->text));
}

static void note_orphan(struct reconciler *reconciler, const struct item_print *item,
                        struct str json)
{
    struct item_identity identity = {0};
    if (reconciler->provenance == NULL) {
        reconciler->provenance =
            provenance_new(reconciler->compilation, reconciler->unit);
    }
    if (!provenance_match(reconciler->provenance, &identity, item->entries,
                          item->count)) {
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
        .contents = item_print_contents(reconciler->printer, item),
        .json = kept.len > 0 ? kept : key_json(reconciler, item),
        .cut = kept.len == 0,
    };
    uint64_t words[IDENTITY_WORDS];
    struct str text = arena_str(&reconciler->arena, identity_text(words, &identity));
    struct map_entry *entry = map_add(&reconciler->orphans, text, NULL);
    orphan->next = entry->value;
    entry->value = orphan;
    reconciler->orphan_count++;
}

void reconciler_keep_at_most(struct reconciler *reconciler, size_t bytes)
{
    reconciler->kept_max = bytes;
}

void reconciler_own_all(struct reconciler *reconciler)
{
    reconciler->owns_all = true;
}

bool reconciler_live(struct reconciler *reconciler, struct str json, const char **why)
{
    struct item_print item;
    if (!item_print_read(&item, reconciler->printer, json, why)) {
        return false;
    }
    struct declared_item *declared = declared_find(&reconciler->declared, &item.key);
    if (declared == NULL) {
        note_orphan(reconciler, &item, json);
        return true;
    }
    struct uuid contents = item_print_contents(reconciler->printer, &item);
    if (uuid_eq(&contents, &declared->contents)) {
        reconciler->same_count += declared->state != DECLARED_SAME;
        declared->state = DECLARED_SAME;
    } else if (declared->state == DECLARED_MISSING) { // it may be read twice
        note_different(reconciler, declared, json, &contents);
    }
    return true;
}

bool reconciler_declares(const struct reconciler *reconciler, struct str json)
{
    struct item_print item;
    const char *why = NULL;
    return item_print_read(&item, reconciler->printer, json, &why) &&
           declared_find(&reconciler->declared, &item.key) != NULL;
}

// ---- what has to change

bool reconciler_differs(const struct reconciler *reconciler)
{
    return reconciler->same_count < reconciler->declared.items.count ||
           reconciler->orphan_count > 0;
}

static void set_entity(struct item_change *change, const struct program *program)
{
    if (program != NULL) {
        change->entity = program->entity->name;
    }
}

static bool report(struct reconciler *reconciler, enum item_change_kind kind,
                   const struct batch *batch, unsigned i, const struct different *live,
                   bool put)
{
    static const struct different NONE = {0};
    live = live == NULL ? &NONE : live;
    struct item_change change = {
        .kind = kind,
        .table = &reconciler->unit->definition.table,
        .declared = batch_item_json(batch, i),
        .live = live->json,
        .seen = live->contents,
        .cut = live->cut,
        .put = put,
        .item = &batch->items[i],
        .values = reconciler->values,
        .order = reconciler->values.attributes,
        .order_count = reconciler->values.count,
    };
    set_entity(&change, batch->items[i].identity.program);
    return reconciler->to->change(reconciler->to->context, &change);
}

static int compare_orphans(const void *left, const void *right)
{
    const struct orphan *const *a = left;
    const struct orphan *const *b = right;
    return str_cmp((*a)->key, (*b)->key);
}

// Those of a list in the order of their keys: several reads are under way, and any may
// be answered first.
static struct orphan **sorted_orphans(size_t *count, struct reconciler *reconciler,
                                      struct orphan *first)
{
    *count = 0;
    for (const struct orphan *orphan = first; orphan != NULL; orphan = orphan->next) {
        (*count)++;
    }
    struct orphan **sorted =
        arena_array(&reconciler->arena, *count, sizeof(struct orphan *));
    for (size_t i = 0; i < *count; i++, first = first->next) {
        sorted[i] = first;
    }
    qsort(sorted, *count, sizeof(struct orphan *), compare_orphans);
    return sorted;
}

// The orphans of what the item was made for: its old places.
static bool report_moves(struct reconciler *reconciler, const struct batch *batch,
                         unsigned i, bool missing)
{
    uint64_t words[IDENTITY_WORDS];
    struct str identity = identity_text(words, &batch->items[i].identity);
    bool more = true;
    size_t count = 0;
    struct orphan **orphans =
        sorted_orphans(&count, reconciler, map_find(&reconciler->orphans, identity));
    for (size_t k = 0; k < count && more; k++) {
        orphans[k]->claimed = true;
        struct different live = {orphans[k]->json, orphans[k]->contents,
                                 orphans[k]->cut};
        more = report(reconciler, ITEM_MOVED, batch, i, &live, missing);
        missing = false;
    }
    return more;
}

// Whether a live item that is under no declared key was made for the same.
static bool has_moved(const struct reconciler *reconciler,
                      const struct item_identity *identity)
{
    uint64_t words[IDENTITY_WORDS];
    return reconciler->orphan_count > 0 && identity->fixture->data == NULL &&
           map_find(&reconciler->orphans, identity_text(words, identity)) != NULL;
}

static bool refuse_other(struct reconciler *reconciler, const struct batch_item *item)
{
    diag_add(reconciler->compilation->diags, DIAG_FILE_CHANGED,
             source_span_file(item->source), "the file changed while it was compiled");
    return false;
}

// An item that was declared as `declared`. What is as it should be is not read again.
static bool find_change(struct reconciler *reconciler, const struct batch *batch,
                        unsigned i, const struct declared_item *declared)
{
    const struct batch_item *item = &batch->items[i];
    struct item_print print;
    const char *why = NULL;
    if (declared == NULL) { // there were not so many before
        return refuse_other(reconciler, item);
    }
    bool moved = has_moved(reconciler, &item->identity);
    if (declared->state == DECLARED_SAME && !moved) {
        return true;
    }
    if (!item_print_read(&print, reconciler->printer, batch_item_json(batch, i),
                         &why) ||
        !uuid_eq(&print.key, &declared->key)) {
        return refuse_other(reconciler, item);
    }
    reconciler->values =
        (struct item){.attributes = print.entries, .count = print.count};
    if (declared->state == DECLARED_DIFFERENT &&
        !report(reconciler, ITEM_CHANGED, batch, i, &reconciler->kept[declared->live],
                true)) {
        return false;
    }
    bool missing = declared->state == DECLARED_MISSING;
    return moved ? report_moves(reconciler, batch, i, missing)
                 : !missing || report(reconciler, ITEM_ADDED, batch, i, NULL, true);
}

static bool find_changes(void *context, struct batch *batch)
{
    struct reconciler *reconciler = context;
    bool more = true;
    for (unsigned i = 0; i < batch->count && more; i++) {
        more = find_change(reconciler, batch, i,
                           declared_at(&reconciler->declared, reconciler->emitted++));
    }
    batch_reset(batch);
    return more;
}

struct batch_sink reconciler_changes(struct reconciler *reconciler,
                                     const struct change_sink *to)
{
    reconciler->to = to;
    reconciler->emitted = 0;
    return (struct batch_sink){find_changes, reconciler};
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
            .seen = stale[i]->contents,
            .cut = stale[i]->cut,
        };
        const struct program *program = stale[i]->identity.program;
        set_entity(&change, program);
        if (program != NULL) {
            change.order = program->entity->attributes;
            change.order_count = program->entity->count;
        }
        more = to->change(to->context, &change);
    }
    return more;
}
