// A plan for the log of GitHub Actions: what PLAN_TEXT says, each table in a group that
// folds, and the summary as an annotation.
//
//     ::group::cruddur-messages
//       + pk "MSG#5ae2..." sk "2023-03-19T12:04..."  (message, fixtures/talk.txt:14)
//     ::endgroup::
//     plan: 1 to add, 121 unchanged
//     ::notice title=ddbgen plan::plan: 1 to add, 121 unchanged
//
// What users wrote is never one (harmless.h).
#include "harmless.h"
#include "plan.h"
#include "plan_forecast.h"
#include "plan_frame.h"
#include "plan_groups.h"
#include "plan_live.h"
#include "plan_text_items.h"
#include "plan_text_table.h"
#include "plan_view.h"

// Behind a command: '%' and the ends of lines are escaped as the runner reads them.
static void put_message(struct buf *out, struct str text)
{
    for (size_t at = 0; at < text.len; at++) {
        char c = text.at[at];
        if (c == '%' || c == '\r' || c == '\n') {
            buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
        } else {
            buf_char(out, c);
        }
    }
}

// What was appended since `at`, made harmless.
static void make_harmless(struct buf *out, size_t at)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_put(&text, (struct str){out->at + at, out->len - at});
    out->len = at;
    harmless_put(out, buf_str(&text), false);
    buf_deinit(&text);
}

static void end_group(struct plan_page *page)
{
    buf_puts(&page->out, page->named != NULL ? "::endgroup::\n" : "");
    page->named = NULL;
}

static void begin_group(struct plan_page *page, const struct plan_table *table)
{
    if (page->named != table) {
        end_group(page);
        buf_puts(&page->out, "::group::");
        put_message(&page->out, plan_declared(table)->name);
        buf_char(&page->out, '\n');
        page->named = table; // no heading of PLAN_TEXT
    }
}

static void put_table(struct plan_page *page, const struct plan_table *table)
{
    if (table->diff.count + table->diff.note_count > 0) {
        begin_group(page, table);
        size_t at = page->out.len;
        plan_text_put_table(page, table);
        make_harmless(&page->out, at);
    }
}

static void put_items(struct plan_page *page, const struct plan_table *table,
                      struct plan_groups *groups)
{
    size_t count = 0;
    (void)plan_groups_entities(&count, groups);
    if (count > 0) {
        begin_group(page, table);
        size_t at = page->out.len;
        PLAN_TEXT.items(page, table, groups);
        make_harmless(&page->out, at);
    }
}

static void put_item(struct plan_page *page, const struct plan_table *table,
                     const struct item_change *change)
{
    begin_group(page, table);
    size_t at = page->out.len;
    plan_text_put_item(page, table, change);
    make_harmless(&page->out, at);
}

static void put_end(struct plan_page *page, const struct plan *plan)
{
    struct buf *out = &page->out;
    struct plan_counts counts = plan_totals(plan);
    struct buf summary;
    buf_init(&summary, SIZE_MAX);
    plan_frame_put_summary(&summary, plan, false);
    summary.len--; // without its LF
    end_group(page);
    size_t at = out->len;
    for (size_t i = 0; i < plan->count; i++) {
        plan_forecast_put_text(out, &plan->tables[i]);
    }
    make_harmless(out, at);
    plan_frame_put_recipe(out, plan);
    buf_printf(out, "::%s title=ddbgen plan::",
               counts.impossible + counts.conflicts > 0 ? "error"
               : counts.destructive + counts.losing > 0 ? "warning"
                                                        : "notice");
    put_message(out, buf_str(&summary));
    buf_char(out, '\n');
    buf_deinit(&summary);
    at = out->len;
    plan_live_put_text(out, plan, page->detail);
    make_harmless(out, at);
}

const struct plan_format PLAN_GITHUB = {
    .plain = true,
    .table = put_table,
    .items = put_items,
    .item = put_item,
    .end = put_end,
};
