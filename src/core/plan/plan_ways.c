// What becomes of what others changed: changes enter as they were found, and leave as the
// plan takes them.
#include "plan.h"

#include <inttypes.h>

bool plan_deletes(const struct plan *plan, const struct item_change *change)
{
    bool free_to = !change->theirs || plan->ways.restore;
    return (change->kind == ITEM_MOVED && (change->put || free_to)) ||
           (change->kind == ITEM_STALE && plan->prune && free_to);
}

// Of what is written; and an item that goes with what others made of it is a loss, too,
// unless that moves along.
static bool loses(const struct plan *plan, const struct item_change *change)
{
    bool goes = plan_deletes(plan, change);
    return (change->loses && (goes || change->put)) ||
           (goes && change->theirs && !change->put);
}

struct item_change plan_judge(const struct plan *plan, const struct item_change *change)
{
    struct item_change judged = *change;
    bool leaves =
        change->kind == ITEM_STALE || (change->kind == ITEM_MOVED && !change->put);
    judged.loses = loses(plan, change);
    if (leaves && change->theirs && !plan_deletes(plan, change)) {
        judged.kind = ITEM_THEIRS;
        judged.declared = STR("");
        judged.values = (struct item){0};
        judged.item = NULL;
    }
    return judged;
}

void plan_count(struct plan_counts *counts, const struct item_change *judged)
{
    counts->added += judged->kind == ITEM_ADDED;
    counts->gone += judged->kind == ITEM_ADDED && judged->gone;
    counts->changed += judged->kind == ITEM_CHANGED;
    counts->moved += judged->kind == ITEM_MOVED;
    counts->there += judged->kind == ITEM_MOVED && !judged->put;
    counts->stale += judged->kind == ITEM_STALE;
    counts->conflicts += judged->kind == ITEM_CONFLICT;
    counts->theirs += judged->kind == ITEM_THEIRS;
    counts->kept += judged->kind == ITEM_THEIRS && judged->declared.len == 0;
    counts->losing += judged->loses;
}

bool plan_check_conflicts(const struct plan *plan, struct ddb *ddb,
                          const char *otherwise)
{
    bool decided = true;
    for (size_t i = 0; i < plan->count; i++) {
        const struct table *declared = plan_declared(&plan->tables[i]);
        uint64_t count = plan->tables[i].counts.conflicts;
        if (count > 0) {
            const char *them = count == 1 ? "it" : "them";
            struct diag *diag = diag_add(
                &ddb->diags, DIAG_ITEM_CONFLICT, declared->span,
                "%" PRIu64 " item%s of table %s %s changed by others and, otherwise, "
                "by what is declared",
                count, count == 1 ? "" : "s", diag_quote(&ddb->diags, declared->name),
                count == 1 ? "was" : "were");
            diag_help(&ddb->diags, diag,
                      "%s; --restore makes %s as declared, --keep-theirs leaves what "
                      "others made of %s",
                      otherwise, them, them);
            decided = false;
        }
    }
    return decided;
}
