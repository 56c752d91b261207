// What has to change. Declared items enter once more; those that are not as they should
// be leave, each with what was and what is there; then what nothing declares.
#include "reconciler.h"

#include "value_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// A declared item at hand.
struct at_hand {
    const struct batch_item *item;
    struct str json;
    struct item values;
    struct uuid key;
    struct declared_item declared;
    uint64_t was; // its place among the remembered
};

static bool refuse_other(struct reconciler *reconciler, const struct batch_item *item)
{
    diag_add(reconciler->compilation->diags, DIAG_FILE_CHANGED,
             source_span_file(item->source), "the file changed while it was compiled");
    return false;
}

bool reconciler_read_live(struct item *out, struct reconciler *reconciler,
                          const struct kept_live *kept)
{
    const char *why = NULL;
    buf_reset(&reconciler->live);
    if (!spool_get(&reconciler->spool, &reconciler->live, kept->at, kept->len) ||
        !value_json_read_item(&out->attributes, &out->count, buf_str(&reconciler->live),
                              &reconciler->scratch, &why)) {
        diag_add(reconciler->compilation->diags, DIAG_FILE_READ, (struct span){0},
                 "cannot read a temporary file: %s", strerror(errno));
        return false;
    }
    return true;
}

static struct item_change change_of(const struct reconciler *reconciler,
                                    const struct at_hand *hand)
{
    const struct program *program = hand->item->identity.program;
    return (struct item_change){
        .table = &reconciler->unit->definition.table,
        .declared = hand->json,
        .put = true,
        .item = hand->item,
        .values = hand->values,
        .entity = program != NULL ? program->entity->name : (struct str){0},
        .order = hand->values.attributes,
        .order_count = hand->values.count,
    };
}

// `known`: what the ledger knows of what it replaces; NULL where it replaces nothing.
static bool tell(struct reconciler *reconciler, struct item_change *change,
                 const struct at_hand *hand, const struct known *known)
{
    struct ledger_entry entry;
    ledger_maker_make(&entry, reconciler_maker(reconciler), &hand->item->identity,
                      hand->values.attributes, hand->values.count);
    entry.over = known != NULL && (known->count == 0 || change->was.len > 0);
    change->entry = &entry;
    return reconciler->to->change(reconciler->to->context, change);
}

static void set_verdict(struct item_change *change, const struct item_verdict *verdict)
{
    change->kind = verdict->kind;
    change->gone = verdict->gone;
    change->theirs = verdict->theirs;
    change->loses = verdict->loses;
}

// What is to be written, where that is not as it is declared.
static void set_wanted(struct item_change *change, struct reconciler *reconciler,
                       const struct merge *merge, const struct known *known)
{
    bool written = change->kind != ITEM_THEIRS && change->kind != ITEM_CONFLICT;
    change->put = written;
    if (known->count > 0) {
        change->attributes = merge->attributes;
        change->attribute_count = merge->attribute_count;
    }
    if (written && !merge->as_declared) {
        change->whole = change->declared;
        buf_reset(&reconciler->wanted);
        item_write(&reconciler->wanted, &merge->wanted);
        change->declared = buf_str(&reconciler->wanted);
        change->values = merge->wanted;
    }
}

static void set_ways(struct item_ways *ways, const struct merge *merge)
{
    ways->taken = merge->taken;
    ways->theirs = merge->theirs;
    ways->conflicts = merge->conflicts;
    ways->loses = merge->loses;
}

static void merge_hand(struct merge *out, struct reconciler *reconciler,
                       const struct at_hand *hand, const struct item *live,
                       const struct known *known, bool moves)
{
    struct merge_input input = {
        .table = &reconciler->unit->definition.table,
        .entity = entity_of(hand->item->identity.program),
        .declared = &hand->values,
        .live = live,
        .known = known,
        .moves = moves,
        .said = &reconciler->said,
        .maker = reconciler_maker(reconciler),
    };
    merge_items(out, &input, &reconciler->scratch);
}

// ---- under its own key

static bool find_difference(struct reconciler *reconciler, const struct at_hand *hand)
{
    const struct kept_live *kept = &reconciler->kept[hand->declared.live];
    struct item_change change = change_of(reconciler, hand);
    struct known known;
    struct item live;
    struct merge merge;
    arena_reset(&reconciler->scratch);
    if (!reconciler_read_live(&live, reconciler, kept) ||
        !reconciler_known(&known, &change.was, reconciler, hand->was, &live,
                          entity_of(hand->item->identity.program))) {
        return false;
    }
    merge_hand(&merge, reconciler, hand, &live, &known, false);
    struct item_ways ways = {.was = known.count > 0, .declared = true, .live = true};
    set_ways(&ways, &merge);
    struct item_verdict verdict = item_decide(&ways, &reconciler->said);
    set_verdict(&change, &verdict);
    set_wanted(&change, reconciler, &merge, &known);
    change.live = buf_str(&reconciler->live);
    change.seen = kept->contents;
    return !verdict.changes || tell(reconciler, &change, hand, &known);
}

static bool find_missing(struct reconciler *reconciler, const struct at_hand *hand)
{
    struct item_change change = change_of(reconciler, hand);
    struct known known;
    arena_reset(&reconciler->scratch);
    if (!reconciler_known(&known, &change.was, reconciler, hand->was, NULL, NULL)) {
        return false;
    }
    struct item_ways ways = {.was = known.count > 0 && !known.noted, .declared = true};
    struct item_verdict verdict = item_decide(&ways, &reconciler->said);
    set_verdict(&change, &verdict);
    return tell(reconciler, &change, hand, NULL);
}

// ---- under another key

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

// The live items that were made for the same, under keys that nothing declares; or NULL.
static struct orphan *find_orphans(struct reconciler *reconciler,
                                   const struct item_identity *identity)
{
    struct ledger_maker *maker = reconciler_maker(reconciler);
    const struct entity *entity = entity_of(identity->program);
    if (reconciler->orphan_count == 0 || entity == NULL) {
        return NULL;
    }
    uint64_t print = ledger_maker_identity(maker, entity->name, identity);
    struct str text = {(const char *)&print, sizeof print};
    struct orphan *found = map_find(&reconciler->orphans, text);
    if (found == NULL && entity->was.name.len > 0) {
        print = ledger_maker_identity(maker, entity->was.name, identity);
        found = map_find(&reconciler->orphans, text);
    }
    return found;
}

// Whether the item that is there already has what others changed at the old place.
static bool is_covered(bool *covered, struct reconciler *reconciler,
                       const struct at_hand *hand, const struct known *known,
                       const struct item *old, const struct entity *entity)
{
    struct item there = hand->values;
    struct buf text = reconciler->live; // of the old one, which is still needed
    bool ok = true;
    if (hand->declared.state == DECLARED_DIFFERENT) {
        buf_init(&reconciler->live, text.max);
        ok = reconciler_read_live(&there, reconciler,
                                  &reconciler->kept[hand->declared.live]);
    }
    *covered = ok && merge_is_covered(known, &reconciler->unit->definition.table,
                                      entity, old, &there, reconciler_maker(reconciler),
                                      &reconciler->scratch);
    if (hand->declared.state == DECLARED_DIFFERENT) {
        buf_deinit(&reconciler->live);
        reconciler->live = text;
    }
    return ok;
}

// One old place; *there: the declared item is under its new key, or will be.
static bool find_move(struct reconciler *reconciler, const struct at_hand *hand,
                      struct orphan *orphan, bool *there)
{
    struct item_change change = change_of(reconciler, hand);
    struct known known;
    struct item live;
    struct merge merge = {0};
    struct item_ways ways = {
        .was = true,
        .moved = true,
        .live = true,
        .same = !orphan->is_theirs,
        .there = *there,
    };
    arena_reset(&reconciler->scratch);
    if (!reconciler_read_live(&live, reconciler, &orphan->live) ||
        !reconciler_known(&known, &change.was, reconciler, orphan->was, &live,
                          entity_of(orphan->program))) {
        return false;
    }
    known.is_live = known.is_live || orphan->was == 0;
    if (!*there) {
        merge_hand(&merge, reconciler, hand, &live, &known, true);
        set_ways(&ways, &merge);
    } else if (orphan->is_theirs && !is_covered(&ways.covered, reconciler, hand, &known,
                                                &live, entity_of(orphan->program))) {
        return false;
    }
    struct item_verdict verdict = item_decide(&ways, &reconciler->said);
    set_verdict(&change, &verdict);
    change.put = false;
    if (!*there) {
        set_wanted(&change, reconciler, &merge, &known);
    }
    orphan->is_claimed = true;
    orphan->is_kept = verdict.theirs && *there && !reconciler->said.restore;
    orphan->heir = hand->key;
    change.live = buf_str(&reconciler->live);
    change.seen = orphan->live.contents;
    *there = true;
    return tell(reconciler, &change, hand, NULL);
}

static bool find_moves(struct reconciler *reconciler, const struct at_hand *hand,
                       struct orphan *first)
{
    bool there = hand->declared.state != DECLARED_MISSING;
    bool more = true;
    size_t count = 0;
    struct orphan **orphans = sorted_orphans(&count, reconciler, first);
    for (size_t i = 0; i < count && more; i++) {
        more = find_move(reconciler, hand, orphans[i], &there);
    }
    return more;
}

// ---- all that is declared

static bool find_change(struct reconciler *reconciler, const struct batch *batch,
                        unsigned i)
{
    const struct batch_item *item = &batch->items[i];
    size_t number = reconciler->emitted++;
    const struct declared_item *declared = declared_at(&reconciler->declared, number);
    struct item_print print;
    const char *why = NULL;
    if (declared == NULL) { // there were not so many before
        return refuse_other(reconciler, item);
    }
    struct orphan *orphans = find_orphans(reconciler, &item->identity);
    if (declared->state == DECLARED_SAME && orphans == NULL) {
        return true; // what is as it should be is not read again
    }
    if (!item_print_read(&print, reconciler->printer, batch_item_json(batch, i),
                         &why) ||
        !uuid_eq(&print.key, &declared->key)) {
        return refuse_other(reconciler, item);
    }
    struct at_hand hand = {
        .item = item,
        .json = batch_item_json(batch, i),
        .values = {.attributes = print.entries, .count = print.count},
        .key = print.key,
        .declared = *declared,
        .was = reconciler->was != NULL ? reconciler->was[number] : 0,
    };
    if (declared->state == DECLARED_DIFFERENT && !find_difference(reconciler, &hand)) {
        return false;
    }
    if (orphans != NULL) {
        return find_moves(reconciler, &hand, orphans);
    }
    return declared->state != DECLARED_MISSING || find_missing(reconciler, &hand);
}

static bool find_changes(void *context, struct batch *batch)
{
    struct reconciler *reconciler = context;
    bool more = true;
    for (unsigned i = 0; i < batch->count && more; i++) {
        more = find_change(reconciler, batch, i);
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

// ---- what nothing declares

static bool find_stale(struct reconciler *reconciler, const struct orphan *orphan)
{
    const struct entity *entity = entity_of(orphan->program);
    struct item_ways ways = {.was = true, .live = true, .same = !orphan->is_theirs};
    struct item_verdict verdict = item_decide(&ways, &reconciler->said);
    struct item_change change = {.table = &reconciler->unit->definition.table};
    struct known known;
    struct item live;
    arena_reset(&reconciler->scratch);
    if (!reconciler_read_live(&live, reconciler, &orphan->live) ||
        !reconciler_known(&known, &change.was, reconciler, orphan->was, &live,
                          entity)) {
        return false;
    }
    set_verdict(&change, &verdict);
    change.live = buf_str(&reconciler->live);
    change.seen = orphan->live.contents;
    change.entity = orphan->entity;
    if (entity != NULL) {
        change.entity = entity->name;
        change.order = entity->attributes;
        change.order_count = entity->count;
    }
    return reconciler->to->change(reconciler->to->context, &change);
}

struct orphan **reconciler_orphans(size_t *count, struct reconciler *reconciler,
                                   bool claimed)
{
    struct orphan **all = arena_array(&reconciler->arena, reconciler->orphan_count,
                                      sizeof(struct orphan *));
    *count = 0;
    for (size_t i = 0; i < reconciler->orphans.count; i++) {
        struct orphan *orphan = reconciler->orphans.entries[i].value;
        for (; orphan != NULL; orphan = orphan->next) {
            if (claimed || !orphan->is_claimed) {
                all[(*count)++] = orphan;
            }
        }
    }
    if (*count > 0) {
        qsort(all, *count, sizeof(struct orphan *), compare_orphans);
    }
    return all;
}

bool reconciler_stale(struct reconciler *reconciler, const struct change_sink *to)
{
    size_t count = 0;
    struct orphan **stale = reconciler_orphans(&count, reconciler, false);
    bool more = true;
    reconciler->to = to;
    for (size_t i = 0; i < count && more; i++) {
        more = find_stale(reconciler, stale[i]);
    }
    return more;
}
