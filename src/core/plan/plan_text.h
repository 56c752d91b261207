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

// PLAN_TEXT's members (plan_text_table.c, plan_text_items.c, plan_text.c).
void plan_text_put_table(struct plan_page *page, const struct plan_table *table);
void plan_text_put_item(struct plan_page *page, const struct plan_table *table,
                        const struct item_change *change);
void plan_text_put_end(struct plan_page *page, const struct plan *plan);
// The items of a table in pieces: what becomes of them by entity and attribute, and
// then piece by piece a group, one or more lines each.
void plan_text_put_entities(struct plan_page *page, const struct plan_table *table,
                            struct plan_groups *groups);
size_t plan_text_pieces(const struct plan_group *group);
void plan_text_put_piece(struct plan_page *page, const struct plan_table *table,
                         const struct plan_group *group, size_t piece);
// How many items a piece is about.
uint64_t plan_text_piece_items(const struct plan_group *group, size_t piece);
// "1 to add, 2 to change, 3 unchanged": what is not nothing.
void plan_text_put_counts(struct buf *out, const struct plan_counts *counts, bool prune,
                          bool color);
// The summary's line.
void plan_text_put_summary(struct buf *out, const struct plan *plan, bool color);

#endif
