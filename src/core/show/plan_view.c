// Changes enter as they are found, one by one, and are gathered where the format wants
// that; lines of it leave.
#include "plan_view.h"

#include "fixtures.h"
#include "plan.h"
#include "plan_cost.h"
#include "plan_groups.h"
#include "plan_item.h"
#include "run.h"
#include "say.h"

#define PAGE_MAX_BYTES ((size_t)64 << 20)

struct view {
    struct ddb *ddb;
    const struct plan_format *format;
    struct plan_page page;
    struct plan_table *table;
    struct arena scratch;       // of one change
    struct plan_groups *groups; // of the table's; NULL: each is shown
};

const struct plan_format *plan_format_get(enum ddb_format format)
{
    static const struct plan_format *const FORMATS[] = {
        [DDB_FORMAT_TEXT] = &PLAN_TEXT,     [DDB_FORMAT_JSON] = &PLAN_JSON,
        [DDB_FORMAT_GITHUB] = &PLAN_GITHUB, [DDB_FORMAT_GITLAB] = &PLAN_TEXT,
        [DDB_FORMAT_SARIF] = &PLAN_TEXT,    [DDB_FORMAT_MARKDOWN] = &PLAN_MARKDOWN,
    };
    return FORMATS[format];
}

static bool flush(struct view *view)
{
    bool fine =
        view->page.out.len == 0 || say_text(view->ddb, buf_str(&view->page.out));
    buf_reset(&view->page.out);
    return fine;
}

// What others changed and what stays so is shown where that is wanted; what stays of
// items that nothing declares always is.
static bool is_shown(const struct view *view, const struct item_change *judged)
{
    return judged->kind != ITEM_THEIRS || judged->declared.len == 0 ||
           view->page.plan->ways.show_theirs;
}

static void take_loss(struct view *view, const struct item_change *judged)
{
    struct plan_table *table = view->table;
    if (judged->loses && table->counts.losing <= PLAN_LOSSES_TOLD) {
        table->losses[table->counts.losing - 1] =
            plan_item_loss(judged, &view->ddb->arena);
    }
}

static bool show_item(void *context, const struct item_change *change)
{
    struct view *view = context;
    const struct plan *plan = view->page.plan;
    struct item_change judged = plan_judge(plan, change);
    plan_count(&view->table->counts, &judged);
    take_loss(view, &judged);
    plan_cost_note(view->table, plan, &judged, &view->scratch);
    if (!is_shown(view, &judged)) {
        return true;
    }
    if (view->groups != NULL) {
        plan_groups_add(view->groups, &judged);
        return true;
    }
    view->format->item(&view->page, view->table, &judged);
    return flush(view);
}

static bool show_each(void *context, const struct item_change *change)
{
    struct view *view = context;
    struct item_change judged = plan_judge(view->page.plan, change);
    if (!is_shown(view, &judged)) {
        return true;
    }
    view->format->item(&view->page, view->table, &judged);
    return flush(view);
}

// Entities in the order of the definition, whichever changes first.
static void begin_groups(struct view *view)
{
    const struct unit *unit = view->table->unit;
    view->groups =
        plan_groups_new(view->page.detail == DDB_DETAIL_GROUPS, view->page.color);
    for (size_t i = 0; i < unit->program_count; i++) {
        plan_groups_name(view->groups, unit->programs[i].entity->name);
    }
}

// What was gathered, then each if that is wanted: the changes are found once more.
static bool show_groups(struct view *view)
{
    struct change_sink to = {show_each, view};
    view->format->items(&view->page, view->table, view->groups);
    return flush(view) && (view->page.detail != DDB_DETAIL_FULL ||
                           plan_changes(view->table, view->ddb, &to));
}

static bool show_items(struct view *view)
{
    struct plan_table *table = view->table;
    struct change_sink to = {show_item, view};
    if (!view->format->each) {
        begin_groups(view);
    }
    bool ok = plan_changes(table, view->ddb, &to) &&
              (view->groups == NULL || show_groups(view));
    plan_groups_free(view->groups);
    view->groups = NULL;
    const struct plan_counts *counts = &table->counts;
    // Each declared item once, whatever becomes of places that it had before.
    uint64_t other = counts->added + counts->changed + counts->moved - counts->there +
                     counts->conflicts + counts->theirs - counts->kept;
    table->counts.same =
        table->unit->item_count > other ? table->unit->item_count - other : 0;
    return ok;
}

static bool show_table(struct view *view)
{
    struct plan_table *table = view->table;
    struct plan_counts *counts = &table->counts;
    bool missing = plan_is_missing(table);
    *counts = (struct plan_counts){
        .tables_added = missing,
        .table_changes = missing ? 0 : table->diff.count,
        .destructive = table->diff.destructive,
        .impossible = table->diff.impossible,
    };
    for (size_t kind = 0; kind < TABLE_NOTE_KIND_COUNT; kind++) {
        counts->notes[kind] =
            table_note_count(&table->diff, (enum table_note_kind)kind);
    }
    view->format->table(&view->page, table);
    if (!flush(view)) {
        return false;
    }
    if (table->blind) {
        return true;
    }
    if (table->reconciler != NULL || (plan_was_found(table) && !missing)) {
        return show_items(view);
    }
    if (!table->diff.other_key) { // new ones, or --overwrite
        *(missing ? &counts->added : &counts->unread) = table->unit->item_count;
        return plan_cost_all(table, view->page.plan, view->ddb);
    }
    return true;
}

bool plan_show(struct plan *plan, struct ddb *ddb, const struct plan_format *format)
{
    struct view view = {.ddb = ddb,
                        .format = format,
                        .page = {.color = ddb->options.color_out && !format->plain,
                                 .detail = ddb->options.detail,
                                 .plan = plan,
                                 .arena = &ddb->arena}};
    bool ok = true;
    buf_init(&view.page.out, PAGE_MAX_BYTES);
    for (size_t i = 0; i < plan->count && ok; i++) {
        view.table = &plan->tables[i];
        ok = show_table(&view);
    }
    if (ok && fixtures_unchanged(ddb)) {
        format->end(&view.page, plan);
        ok = flush(&view);
    } else {
        ok = false;
    }
    buf_deinit(&view.page.out);
    arena_deinit(&view.scratch);
    return ok;
}
