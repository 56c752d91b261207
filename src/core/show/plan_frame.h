// What frames the changes of a plan for people: marks, headings, counts.
#ifndef DDB_CORE_PLAN_FRAME_H
#define DDB_CORE_PLAN_FRAME_H

#include "plan_view.h"

enum plan_mark {
    PLAN_ADD,
    PLAN_CHANGE,
    PLAN_REMOVE,
    PLAN_CONFLICT,
    PLAN_LEAVE,
};

// "  + ", coloured on a page that is.
void plan_frame_put_mark(struct plan_page *page, enum plan_mark mark);
// The table's name on a line of its own, once.
void plan_frame_put_heading(struct plan_page *page, const struct plan_table *table);
// "1 to add, 2 to change, 3 unchanged": what is not nothing.
void plan_frame_put_counts(struct buf *out, const struct plan_counts *counts,
                           const struct plan *plan, bool color);
// What a user may do about conflicts, on a line; nothing where there are none.
void plan_frame_put_recipe(struct buf *out, const struct plan *plan);
// The summary's line.
void plan_frame_put_summary(struct buf *out, const struct plan *plan, bool color);

#endif
