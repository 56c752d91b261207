// What stands around the changes of a plan for people: marks before them, a heading
// above, counts and the summary below. Whoever writes text for people takes them here.
#include "plan_frame.h"

#include "plan.h"
#include "plan_notation.h"
#include "plan_view.h"
#include "utf8.h"

#include <inttypes.h>

void plan_frame_put_mark(struct plan_page *page, enum plan_mark mark)
{
    static const struct {
        const char *mark;
        const char *color;
    } MARKS[] = {
        [PLAN_ADD] = {"+", NOTATION_NEW},
        [PLAN_CHANGE] = {"~", NOTATION_CHANGED},
        [PLAN_REMOVE] = {"-", NOTATION_OLD},
        [PLAN_CONFLICT] = {"!", NOTATION_LOSS},
        [PLAN_LEAVE] = {"=", ""},
    };
    buf_puts(&page->out, "  ");
    notation_put_color(&page->out, MARKS[mark].color, page->color);
    buf_puts(&page->out, MARKS[mark].mark);
    notation_put_color(&page->out, MARKS[mark].color[0] != 0 ? NOTATION_OFF : "",
                       page->color);
    buf_char(&page->out, ' ');
}

void plan_frame_put_heading(struct plan_page *page, const struct plan_table *table)
{
    if (page->named != table) {
        utf8_put_visible(&page->out, plan_declared(table)->name);
        buf_char(&page->out, '\n');
    }
    page->named = table;
}

// What is counted, and how it is coloured.
struct counted {
    uint64_t count;
    const char *one;
    const char *many;
    const char *color;
};

void plan_frame_put_counts(struct buf *out, const struct plan_counts *counts,
                           const struct plan *plan, bool color)
{
    // Of what is no change: settings that nobody declares any more, or that cannot be
    // told.
    uint64_t undeclared = counts->notes[TABLE_NOTE_UNDECLARED];
    uint64_t unknown = counts->notes[TABLE_NOTE_UNKNOWN];
    uint64_t uncompared = counts->notes[TABLE_NOTE_UNCOMPARED];
    uint64_t blind = counts->notes[TABLE_NOTE_ITEMS_UNCOMPARED];
    uint64_t others =
        plan_count_notes(counts) - undeclared - unknown - uncompared - blind;
    bool prune = plan->prune;
    const char *stale = prune ? "stale to delete" : "stale, kept without --prune";
    const struct counted all[] = {
        {counts->tables_added, "table to create", "tables to create", NOTATION_NEW},
        {counts->table_changes, "setting to change", "settings to change",
         NOTATION_CHANGED},
        {counts->conflicts, "in conflict", "in conflict", NOTATION_LOSS},
        {counts->added, "to add", "to add", NOTATION_NEW},
        {counts->gone, "of these deleted by others", "of these deleted by others", ""},
        {counts->changed, "to change", "to change", NOTATION_CHANGED},
        {counts->moved, "to move", "to move", NOTATION_CHANGED},
        {counts->stale, stale, stale, prune ? NOTATION_OLD : ""},
        {counts->losing, "destructive", "destructive", NOTATION_LOSS},
        {counts->unread, "to put without looking", "to put without looking",
         NOTATION_CHANGED},
        {counts->theirs - counts->kept,
         plan->ways.show_theirs ? "left as others changed it"
                                : "left as others changed it (--theirs shows it)",
         plan->ways.show_theirs ? "left as others changed them"
                                : "left as others changed them (--theirs shows them)",
         ""},
        {counts->kept, "stale, kept as others changed it",
         "stale, kept as others changed them", ""},
        {counts->same, "unchanged", "unchanged", ""},
        {undeclared, "no longer declared", "no longer declared", ""},
        {unknown, "not known", "not known", ""},
        {others, "note", "notes", ""},
        {uncompared, "table not compared", "tables not compared", NOTATION_CHANGED},
        {blind, "table without its items compared",
         "tables without their items compared", NOTATION_CHANGED},
    };
    bool first = true;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].count > 0) {
            buf_puts(out, first ? "" : ", ");
            notation_put_color(out, all[i].color, color);
            buf_printf(out, "%" PRIu64 " %s", all[i].count,
                       all[i].count == 1 ? all[i].one : all[i].many);
            notation_put_color(out, all[i].color[0] != 0 ? NOTATION_OFF : "", color);
            first = false;
        }
    }
}

void plan_frame_put_recipe(struct buf *out, const struct plan *plan)
{
    struct plan_counts counts = plan_totals(plan);
    buf_puts(out, counts.conflicts > 0
                      ? "in conflict: changed by others and, otherwise, by what is "
                        "declared; apply takes --restore (as declared) or "
                        "--keep-theirs (as others changed it)\n"
                      : "");
}

// What else is so although nothing differs.
static void put_theirs(struct buf *out, const struct plan_counts *counts)
{
    uint64_t theirs = counts->theirs - counts->kept;
    if (theirs > 0) {
        buf_printf(out,
                   "; %" PRIu64 " item%s changed by others, and left alone (--theirs "
                   "shows %s)",
                   theirs, theirs == 1 ? " was" : "s were",
                   theirs == 1 ? "it" : "them");
    }
    if (counts->kept > 0) {
        buf_printf(out,
                   "; %" PRIu64 " that nothing declares any more %s changed by others, "
                   "and kept (--prune --restore deletes %s)",
                   counts->kept, counts->kept == 1 ? "was" : "were",
                   counts->kept == 1 ? "it" : "them");
    }
}

void plan_frame_put_summary(struct buf *out, const struct plan *plan, bool color)
{
    struct plan_counts counts = plan_totals(plan);
    bool differs = plan_differs(plan, &counts);
    if (!differs && plan_is_certain(&counts)) {
        notation_put_color(out, NOTATION_NEW, color);
        buf_puts(out, "no changes:");
        notation_put_color(out, NOTATION_OFF, color);
        buf_printf(out, " %" PRIu64 " item%s as declared", counts.same,
                   counts.same == 1 ? " is" : "s are");
        put_theirs(out, &counts);
        buf_char(out, '\n');
        return;
    }
    notation_put_color(out, NOTATION_BOLD, color);
    buf_puts(out, "plan:");
    notation_put_color(out, NOTATION_OFF, color);
    buf_puts(out, differs ? " " : " nothing to change, ");
    plan_frame_put_counts(out, &counts, plan, color);
    buf_char(out, '\n');
}
