// Between ledgers, which know entries, and reconcilers, which know what they are for.
#include "plan_ledger.h"

#include "emit.h"
#include "ledger.h"

bool plan_open_ledgers(struct plan *plan, struct ddb *ddb, bool writes)
{
    bool opened = true;
    for (size_t i = 0; i < plan->count && opened; i++) {
        struct plan_table *table = &plan->tables[i];
        opened = ledger_open(&table->ledger, ddb, table->unit, &table->live, writes);
    }
    return opened;
}

bool plan_hold(const struct plan *plan)
{
    bool held = true;
    for (size_t i = 0; i < plan->count && held; i++) {
        held = ledger_hold(plan->tables[i].ledger);
    }
    return held;
}

bool plan_beat(const struct plan *plan)
{
    bool ours = true;
    for (size_t i = 0; i < plan->count && ours; i++) {
        ours = ledger_beat(plan->tables[i].ledger);
    }
    return ours;
}

// ---- reading

struct remembering {
    struct reconciler *reconciler;
    const char *why;
};

static bool take_entry(void *context, const struct ledger_entry *entry)
{
    struct remembering *remembering = context;
    return reconciler_was(remembering->reconciler, entry, &remembering->why);
}

enum remembered_how plan_remember(struct plan_table *table, const struct plan *plan)
{
    struct ledger *ledger = table->ledger;
    struct remembering remembering = {.reconciler = table->reconciler};
    struct ledger_sink to = {take_entry, &remembering};
    reconciler_ways(table->reconciler, &plan->ways);
    if (ledger == NULL) {
        return REMEMBERED;
    }
    struct hash_seed seed = ledger_seed(ledger);
    reconciler_seed(table->reconciler, &seed);
    bool wanted = plan->before.give == NULL; // who gives it instead is asked then
    if (!wanted || !ledger_knows(ledger)) {
        return REMEMBERED;
    }
    bool read = ledger_base(ledger, &to);
    reconciler_noted(table->reconciler);
    if (read && ledger_notes(ledger, &to)) {
        return REMEMBERED;
    }
    if (remembering.why != NULL) {
        ledger_ignore(ledger, remembering.why);
    }
    return REMEMBERED_WRONG;
}

// ---- writing

struct committing {
    struct plan_table *table;
    const struct plan *plan;
    struct ddb *ddb;
};

static bool give_entries(void *context, const struct ledger_sink *to)
{
    struct committing *committing = context;
    struct plan_table *table = committing->table;
    struct item_sink sink = reconciler_entries(table->reconciler, to);
    return emit_values(&committing->ddb->compilation, table->unit, &sink) &&
           reconciler_old_entries(table->reconciler, committing->plan->prune, to);
}

// Of a table whose items were put without a look, by a ledger that knew nothing: there is
// nothing to compare them with.
struct naming {
    struct ledger_maker *maker;
    const struct ledger_sink *to;
};

static bool name_entry(void *context, const struct item *item,
                       const struct item_identity *identity)
{
    struct naming *naming = context;
    struct ledger_entry entry;
    ledger_maker_make(&entry, naming->maker, identity, item->attributes, item->count);
    return naming->to->take(naming->to->context, &entry);
}

static bool give_declared(void *context, const struct ledger_sink *to)
{
    struct committing *committing = context;
    struct plan_table *table = committing->table;
    struct hash_seed seed = ledger_seed(table->ledger);
    struct naming naming = {ledger_maker_new(plan_declared(table), &seed), to};
    struct item_sink sink = {name_entry, &naming};
    bool given = emit_values(&committing->ddb->compilation, table->unit, &sink);
    ledger_maker_free(naming.maker);
    return given;
}

// Of one whose items were put without a look, by a ledger that knew of others.
static bool declare_all(struct plan_table *table, const struct plan *plan,
                        struct ddb *ddb)
{
    enum remembered_how how = REMEMBERED_WRONG;
    bool declared = true;
    while (declared && how == REMEMBERED_WRONG) {
        reconciler_free(table->reconciler);
        table->reconciler = reconciler_new(&ddb->compilation, table->unit);
        struct item_sink sink = reconciler_declare(table->reconciler);
        declared = emit_values(&ddb->compilation, table->unit, &sink);
        how = plan_remember(table, plan);
    }
    return declared && how == REMEMBERED;
}

bool plan_commit(struct plan_table *table, const struct plan *plan, struct ddb *ddb)
{
    struct committing committing = {table, plan, ddb};
    struct ledger_source from = {give_entries, &committing};
    if (table->ledger == NULL || plan_was_found(table)) {
        return true; // of a saved plan the notes say it all
    }
    if (table->reconciler == NULL && !ledger_knows(table->ledger)) {
        from.give = give_declared;
    } else if (table->reconciler == NULL && !declare_all(table, plan, ddb)) {
        return false;
    }
    return ledger_commit(&table->ledger, &from);
}
