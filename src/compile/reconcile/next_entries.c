// The ledger after a run. What is declared enters once more; entries leave: of what was
// written as it is declared now, of all else what was known of it.
#include "reconciler.h"

void reconciler_unwritten(struct reconciler *reconciler, struct str json)
{
    struct item_print print;
    const char *why = NULL;
    bool added = false;
    if (item_print_read(&print, reconciler->printer, json, &why)) {
        (void)print_table_add(&reconciler->unwritten, &print.key, &added);
    }
}

static bool is_unwritten(const struct reconciler *reconciler, const struct uuid *key)
{
    return reconciler->unwritten.count > 0 &&
           print_table_find(&reconciler->unwritten, key) != NULL;
}

// What was known of an item stays known: as far as it is there, what it is there.
static bool give_old(struct reconciler *reconciler, uint64_t place,
                     const struct kept_live *kept, const struct program *program)
{
    struct known known;
    struct str json;
    struct item live = {0};
    arena_reset(&reconciler->scratch);
    if ((kept != NULL && !reconciler_read_live(&live, reconciler, kept)) ||
        !reconciler_known(&known, &json, reconciler, place, kept != NULL ? &live : NULL,
                          entity_of(program))) {
        return false;
    }
    if (known.count == 0) {
        return true;
    }
    struct ledger_entry entry = merge_entries(
        &known, &live, reconciler_maker(reconciler), &reconciler->scratch);
    entry.over = entry.over && kept == NULL;
    return reconciler->entries->take(reconciler->entries->context, &entry);
}

static bool give_entry(void *context, const struct item *values,
                       const struct item_identity *identity)
{
    struct reconciler *reconciler = context;
    size_t number = reconciler->emitted++;
    const struct declared_item *declared = declared_at(&reconciler->declared, number);
    struct ledger_entry entry;
    if (declared == NULL) {
        return false;
    }
    if (!is_unwritten(reconciler, &declared->key)) {
        ledger_maker_make(&entry, reconciler_maker(reconciler), identity,
                          values->attributes, values->count);
        return reconciler->entries->take(reconciler->entries->context, &entry);
    }
    uint64_t place = reconciler->was != NULL ? reconciler->was[number] : 0;
    bool differs = declared->state == DECLARED_DIFFERENT;
    return place == 0 || give_old(reconciler, place,
                                  differs ? &reconciler->kept[declared->live] : NULL,
                                  identity->program);
}

struct item_sink reconciler_entries(struct reconciler *reconciler,
                                    const struct ledger_sink *to)
{
    reconciler->entries = to;
    reconciler->emitted = 0;
    return (struct item_sink){give_entry, reconciler};
}

// Of one that proved itself what it is, as it is.
static bool give_proved(struct reconciler *reconciler, const struct orphan *orphan)
{
    static const struct item_identity NOBODY = {0};
    struct item live;
    struct ledger_entry entry;
    arena_reset(&reconciler->scratch);
    if (!reconciler_read_live(&live, reconciler, &orphan->live)) {
        return false;
    }
    ledger_maker_make(&entry, reconciler_maker(reconciler), &NOBODY, live.attributes,
                      live.count);
    entry.identity = orphan->identity;
    entry.entity =
        orphan->program != NULL ? orphan->program->entity->name : (struct str){0};
    return reconciler->entries->take(reconciler->entries->context, &entry);
}

static bool is_there_still(struct reconciler *reconciler, const struct orphan *orphan,
                           bool pruned)
{
    struct item live;
    struct item_print print;
    const char *why = NULL;
    arena_reset(&reconciler->scratch);
    bool read =
        reconciler_read_live(&live, reconciler, &orphan->live) &&
        item_print_read(&print, reconciler->printer, buf_str(&reconciler->live), &why);
    bool goes = orphan->is_claimed
                    ? !orphan->is_kept && !is_unwritten(reconciler, &orphan->heir)
                    : pruned && (!orphan->is_theirs || reconciler->said.restore);
    return read && (!goes || is_unwritten(reconciler, &print.key));
}

// Without reads: nothing is known but what was said before.
static bool give_unread(struct reconciler *reconciler)
{
    bool more = true;
    for (size_t i = 0; i < reconciler->undeclared.count && more; i++) {
        const struct undeclared *entry = print_table_at(&reconciler->undeclared, i);
        more = give_old(reconciler, entry->was, NULL, NULL);
    }
    return more;
}

bool reconciler_old_entries(struct reconciler *reconciler, bool pruned,
                            const struct ledger_sink *to)
{
    size_t count = 0;
    struct orphan **all = reconciler_orphans(&count, reconciler, true);
    bool more = true;
    reconciler->entries = to;
    if (!reconciler->has_read) {
        return give_unread(reconciler);
    }
    for (size_t i = 0; i < count && more; i++) {
        if (is_there_still(reconciler, all[i], pruned)) {
            more = all[i]->was > 0 ? give_old(reconciler, all[i]->was, &all[i]->live,
                                              all[i]->program)
                                   : give_proved(reconciler, all[i]);
        }
    }
    return more;
}
