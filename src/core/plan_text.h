// The text form of a plan in parts, for formats that frame them otherwise.
#ifndef DDB_CORE_PLAN_TEXT_H
#define DDB_CORE_PLAN_TEXT_H

#include "plan_view.h"

enum plan_mark {
    PLAN_ADD,
    PLAN_CHANGE,
    PLAN_REMOVE,
};

// "  + ", coloured on a page that is.
void plan_text_put_mark(struct plan_page *page, enum plan_mark mark);
// The table's name on a line of its own, once.
void plan_text_put_heading(struct plan_page *page, const struct plan_table *table);

// PLAN_TEXT's members (plan_text_table.c, plan_text.c).
void plan_text_put_table(struct plan_page *page, const struct plan_table *table);
void plan_text_put_item(struct plan_page *page, const struct plan_table *table,
                        const struct item_change *change);
void plan_text_put_end(struct plan_page *page, const struct plan *plan);
// An attribute's name: bare where it cannot be mistaken, else as a string.
void plan_text_put_name(struct buf *out, struct str name);
// A value on one line, cut when it is long.
void plan_text_put_value(struct buf *out, const struct value *value);
// "1 to add, 2 to change, 3 unchanged": what is not nothing.
void plan_text_put_counts(struct buf *out, const struct plan_counts *counts,
                          bool prune);
// The summary's line.
void plan_text_put_summary(struct buf *out, const struct plan *plan);

#endif
