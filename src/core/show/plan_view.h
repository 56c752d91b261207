// A plan on its way to standard output, in one of several formats.
#ifndef DDB_CORE_PLAN_VIEW_H
#define DDB_CORE_PLAN_VIEW_H

#include "buf.h"
#include "plan.h"
#include "plan_groups.h"
#include "reconcile.h"

#include <stdbool.h>

// The version of the JSON form; it changes when a reader of it might stumble.
#define PLAN_VERSION 1
// The bytes of a plan in Markdown, at most: GitHub takes 65,536 characters, and whoever
// posts it may put something before it.
#define PLAN_MARKDOWN_MAX ((size_t)65000)

// Where a format writes. What it appends to `out` goes to standard output after each
// call.
struct plan_page {
    struct buf out;
    enum ddb_detail detail;
    bool color;
    const struct plan *plan;
    const struct plan_table *named; // under whose heading we are
    struct arena *arena;
    struct plan_markdown *markdown; // in arena: what PLAN_MARKDOWN holds back
};

// Each appends whole lines.
struct plan_format {
    bool each;  // every change of an item is shown, whatever detail is asked for
    bool plain; // without colours
    // A table and its settings; before its items.
    void (*table)(struct plan_page *page, const struct plan_table *table);
    // What becomes of the items, gathered; unless each is shown. With DDB_DETAIL_FULL
    // they follow one by one.
    void (*items)(struct plan_page *page, const struct plan_table *table,
                  struct plan_groups *groups);
    void (*item)(struct plan_page *page, const struct plan_table *table,
                 const struct item_change *change); // judged
    void (*end)(struct plan_page *page, const struct plan *plan);
};

extern const struct plan_format PLAN_TEXT;
extern const struct plan_format PLAN_JSON;
extern const struct plan_format PLAN_GITHUB;
extern const struct plan_format PLAN_MARKDOWN;
// Of --format; those of diagnostics alone leave plans as text.
const struct plan_format *plan_format_get(enum ddb_format format);

// Shows every change of the plan and counts it. False: standard output is gone, or a
// fixture is not what it was (diagnosed).
__attribute__((warn_unused_result)) bool plan_show(struct plan *plan, struct ddb *ddb,
                                                   const struct plan_format *format);

// diff.c: shows the plan in the run's format, and takes note whether anything differs.
// False: as plan_show, or something is impossible in place (diagnosed).
bool diff_show(struct plan *plan, struct ddb *ddb);

// plan_json.c: appends the live item of a change, read and written again: what a
// service sent comes in any order, and may hold characters that move a cursor.
void plan_put_live(struct buf *out, const struct item_change *change);
// Likewise: appends ,"attributes":{...}, what becomes of those of which it is known what
// they were; nothing where that is not known of any.
void plan_put_fates(struct buf *out, const struct item_change *change);
// The word for a fate there.
const char *plan_fate_name(enum attribute_fate fate);

#endif
