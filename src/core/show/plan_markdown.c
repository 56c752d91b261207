// A plan for a comment on a pull request: the summary, then settings, then items, which
// fold away.
//
//     ### ddbgen plan
//
//     **1 to add, 121 unchanged**
//
//     <details>
//     <summary>items of <code>cruddur-messages</code></summary>
//
//     ```diff
//     + pk "MSG#5ae2..." sk "2023-03-19T12:04..."  (message, fixtures/talk.txt:14)
//     ```
//
//     </details>
//
//     … and 1,234 more changes
//
// The summary comes first and is known last, so all of it waits for the end; what would
// pass the limit is counted only. Whatever users wrote stands in fenced blocks, whose
// fence is longer than any run of backticks inside: there nothing is markup, no link
// and no @mention. Names of tables cannot hold anything that is (A002).
#include "amount.h"
#include "plan.h"
#include "plan_forecast.h"
#include "plan_frame.h"
#include "plan_groups.h"
#include "plan_live.h"
#include "plan_text_items.h"
#include "plan_text_table.h"
#include "plan_view.h"

#include <string.h>

#define FIGURES_BYTES 16000 // of all tables; 20 indexes have long names
#define MORE_BYTES 64       // room for the last line
#define FENCE_MIN 3

// A change, and what belongs to it.
struct plan_piece {
    const struct plan_table *table;
    struct str text;
    size_t ticks;   // its longest run of backticks
    uint64_t items; // that it is about
};

struct plan_pieces {
    struct plan_piece *at; // count of them, in order
    size_t count;
    size_t cap;
    size_t bytes;
    uint64_t dropped; // changes for which there was no room
};

struct plan_markdown {
    struct arena *arena;
    struct plan_pieces settings;
    struct plan_pieces items;
};

static struct plan_markdown *markdown_of(struct plan_page *page)
{
    if (page->markdown == NULL) {
        page->markdown = arena_alloc(page->arena, sizeof *page->markdown);
        page->markdown->arena = page->arena;
    }
    return page->markdown;
}

static size_t longest_run(struct str text)
{
    size_t longest = 0;
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.at[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

// The first bytes of a line of the text form: two blanks, and perhaps a mark.
static bool is_marked(struct str line)
{
    return line.len > 3 && line.at[3] == ' ' &&
           (line.at[2] == '+' || line.at[2] == '-' || line.at[2] == '~');
}

static struct str first_line(struct str text)
{
    size_t len = str_find_char(text, '\n');
    return (struct str){text.at, len < text.len ? len + 1 : len};
}

// A change as a diff shows it: the marks stand first in their lines.
static struct str as_diff(struct arena *arena, struct str text)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    for (struct str rest = text; rest.len > 0;) {
        struct str line = first_line(rest);
        rest = str_skip(rest, line.len);
        line = str_skip(line, str_starts(line, STR("  ")) ? 2 : 0);
        bool changed = str_starts(line, STR("~ "));
        buf_puts(&out, changed ? "!" : "");
        buf_put(&out, str_skip(line, changed ? 1 : 0));
    }
    struct str diff = arena_str(arena, buf_str(&out));
    buf_deinit(&out);
    return diff;
}

static void keep(struct plan_markdown *markdown, struct plan_pieces *pieces,
                 const struct plan_table *table, struct str text, uint64_t items)
{
    if (pieces->dropped > 0 || pieces->bytes > PLAN_MARKDOWN_MAX) {
        pieces->dropped += items;
        return;
    }
    struct str diff = as_diff(markdown->arena, text);
    pieces->at = arena_grow(markdown->arena, pieces->at, pieces->count,
                            pieces->count + 1, &pieces->cap, sizeof *pieces->at);
    pieces->at[pieces->count++] =
        (struct plan_piece){table, diff, longest_run(diff), items};
    pieces->bytes += diff.len;
}

// What the text form says of settings, cut before each mark.
static void keep_settings(struct plan_page *page, const struct plan_table *table)
{
    struct str rest = buf_str(&page->out);
    while (rest.len > 0) {
        struct str change = first_line(rest);
        while (change.len < rest.len && !is_marked(str_skip(rest, change.len))) {
            change.len += first_line(str_skip(rest, change.len)).len;
        }
        keep(page->markdown, &page->markdown->settings, table, change, 1);
        rest = str_skip(rest, change.len);
    }
    buf_reset(&page->out);
}

static void put_table(struct plan_page *page, const struct plan_table *table)
{
    (void)markdown_of(page);
    page->named = table; // no heading of PLAN_TEXT
    plan_text_put_table(page, table);
    keep_settings(page, table);
}

// The summary stands with the settings, which do not fold away.
static void keep_items(struct plan_page *page, const struct plan_table *table,
                       struct plan_groups *groups)
{
    struct plan_markdown *markdown = page->markdown;
    size_t count = 0;
    const struct plan_group *const *all = plan_groups_get(&count, groups);
    if (count == 0) {
        return;
    }
    plan_text_put_entities(page, table, groups);
    keep(markdown, &markdown->settings, table, buf_str(&page->out), 0);
    buf_reset(&page->out);
    for (size_t i = 0; i < count && page->detail == DDB_DETAIL_GROUPS; i++) {
        for (size_t piece = 0; piece < plan_text_pieces(all[i]); piece++) {
            plan_text_put_piece(page, table, all[i], piece);
            keep(markdown, &markdown->items, table, buf_str(&page->out),
                 plan_text_piece_items(all[i], piece));
            buf_reset(&page->out);
        }
    }
}

static void put_item(struct plan_page *page, const struct plan_table *table,
                     const struct item_change *change)
{
    struct plan_markdown *markdown = page->markdown;
    if (markdown->items.dropped > 0) {
        markdown->items.dropped++;
        return;
    }
    plan_text_put_item(page, table, change);
    keep(markdown, &markdown->items, table, buf_str(&page->out), 1);
    buf_reset(&page->out);
}

// ---- the end

static void put_fence(struct buf *out, size_t ticks, const char *language)
{
    for (size_t i = 0; i < ticks + 1 || i < FENCE_MIN; i++) {
        buf_char(out, '`');
    }
    buf_printf(out, "%s\n", language);
}

static size_t fence_bytes(size_t ticks)
{
    return 2 * (ticks + 1 < FENCE_MIN ? FENCE_MIN : ticks + 1) + sizeof "diff\n\n";
}

// A report in the making: once something had no room, all that follows is counted only.
struct report {
    struct buf *out;
    const struct plan *plan;
    uint64_t more;
    bool full;
};

// How many of the pieces there is room for, with the longest run of backticks in them;
// `frame` is what stands around the block.
static size_t count_fitting(size_t *ticks, const struct report *report,
                            const struct plan_piece *pieces, size_t count, size_t frame)
{
    size_t bytes = report->out->len + frame + MORE_BYTES;
    size_t fitting = 0;
    *ticks = 0;
    while (fitting < count && !report->full) {
        const struct plan_piece *piece = &pieces[fitting];
        size_t most = piece->ticks > *ticks ? piece->ticks : *ticks;
        if (bytes + piece->text.len + fence_bytes(most) > PLAN_MARKDOWN_MAX) {
            break;
        }
        bytes += piece->text.len;
        *ticks = most;
        fitting++;
    }
    return fitting;
}

// A block of one table's pieces between `before` and `after`.
static void put_block(struct report *report, const struct plan_piece *pieces,
                      size_t count, struct str before, const char *after)
{
    size_t ticks = 0;
    size_t fitting =
        count_fitting(&ticks, report, pieces, count, before.len + strlen(after));
    for (size_t i = fitting; i < count; i++) {
        report->more += pieces[i].items;
    }
    report->full = fitting < count;
    if (fitting == 0) {
        return;
    }
    buf_put(report->out, before);
    put_fence(report->out, ticks, "diff");
    for (size_t i = 0; i < fitting; i++) {
        buf_put(report->out, pieces[i].text);
    }
    put_fence(report->out, ticks, "");
    buf_puts(report->out, after);
}

static void put_settings(struct report *report, const struct plan_piece *pieces,
                         size_t count)
{
    struct buf before;
    buf_init(&before, SIZE_MAX);
    buf_puts(&before, "\n**`");
    buf_put(&before, plan_declared(pieces->table)->name);
    buf_puts(&before, "`**\n\n");
    put_block(report, pieces, count, buf_str(&before), "");
    buf_deinit(&before);
}

static void put_items(struct report *report, const struct plan_piece *pieces,
                      size_t count)
{
    struct plan_counts counts = pieces->table->counts;
    struct buf before;
    counts.tables_added = 0;
    counts.table_changes = 0;
    memset(counts.notes, 0, sizeof counts.notes);
    buf_init(&before, SIZE_MAX);
    buf_puts(&before, "\n<details>\n<summary>Items of <code>");
    buf_put(&before, plan_declared(pieces->table)->name);
    buf_puts(&before, "</code>: ");
    plan_frame_put_counts(&before, &counts, report->plan, false);
    buf_puts(&before, "</summary>\n\n");
    put_block(report, pieces, count, buf_str(&before), "\n</details>\n");
    buf_deinit(&before);
}

static void put_blocks(struct report *report, const struct plan_pieces *pieces,
                       void (*put)(struct report *report,
                                   const struct plan_piece *pieces, size_t count))
{
    for (size_t from = 0, to = 0; from < pieces->count; from = to) {
        while (to < pieces->count && pieces->at[to].table == pieces->at[from].table) {
            to++;
        }
        put(report, &pieces->at[from], to - from);
    }
    report->full = report->full || pieces->dropped > 0;
    report->more += pieces->dropped;
}

static void put_alert(struct buf *out, uint64_t count, const char *kind,
                      const char *one, const char *many)
{
    if (count > 0) {
        buf_printf(out, "\n> [!%s]\n> ", kind);
        amount_put_number(out, count);
        buf_printf(out, " %s\n", count == 1 ? one : many);
    }
}

static void put_summary(struct buf *out, const struct plan *plan)
{
    struct plan_counts counts = plan_totals(plan);
    struct buf line;
    buf_init(&line, SIZE_MAX);
    plan_frame_put_summary(&line, plan, false);
    buf_puts(out, "### ddbgen plan\n\n**");
    buf_put(out, (struct str){line.at, line.len - 1}); // without its LF
    buf_puts(out, "**\n");
    buf_deinit(&line);
    put_alert(out, counts.impossible, "CAUTION", "change cannot be made in place.",
              "changes cannot be made in place.");
    put_alert(
        out, counts.conflicts, "CAUTION",
        "item was changed by others and, otherwise, by what is declared: `apply` "
        "takes it with `--restore` or `--keep-theirs` only.",
        "items were changed by others and, otherwise, by what is declared: `apply` "
        "takes them with `--restore` or `--keep-theirs` only.");
    put_alert(out, counts.destructive + counts.losing, "WARNING",
              "change is destructive: `apply` takes it with `--yes` only.",
              "changes are destructive: `apply` takes them with `--yes` only.");
}

// What it costs, and how many items the tables have.
static void put_figures(struct buf *out, const struct plan *plan)
{
    struct buf text;
    buf_init(&text, FIGURES_BYTES); // a table that does not fit is left out
    for (size_t i = 0; i < plan->count; i++) {
        struct buf one;
        buf_init(&one, SIZE_MAX);
        plan_forecast_put_text(&one, &plan->tables[i]);
        buf_put(&text, buf_str(&one));
        buf_deinit(&one);
    }
    struct buf live;
    buf_init(&live, SIZE_MAX);
    plan_live_put_text(&live, plan, DDB_DETAIL_GROUPS);
    buf_put(&text, buf_str(&live));
    buf_deinit(&live);
    if (text.len > 0) {
        size_t ticks = longest_run(buf_str(&text));
        buf_char(out, '\n');
        put_fence(out, ticks, "text");
        buf_put(out, buf_str(&text));
        put_fence(out, ticks, "");
    }
    buf_deinit(&text);
}

static void put_end(struct plan_page *page, const struct plan *plan)
{
    const struct plan_markdown *markdown = markdown_of(page);
    struct report report = {.out = &page->out, .plan = plan};
    put_summary(&page->out, plan);
    put_figures(&page->out, plan);
    put_blocks(&report, &markdown->settings, put_settings);
    put_blocks(&report, &markdown->items, put_items);
    if (report.more > 0) {
        buf_puts(&page->out, "\n… and ");
        amount_put_number(&page->out, report.more);
        buf_printf(&page->out, " more change%s\n", report.more == 1 ? "" : "s");
    }
}

const struct plan_format PLAN_MARKDOWN = {
    .plain = true,
    .table = put_table,
    .items = keep_items,
    .item = put_item,
    .end = put_end,
};
