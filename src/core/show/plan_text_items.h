// A table's items in a plan for people: gathered, or one by one.
#ifndef DDB_CORE_PLAN_TEXT_ITEMS_H
#define DDB_CORE_PLAN_TEXT_ITEMS_H

#include "plan_view.h"

#include <stddef.h>
#include <stdint.h>

// What becomes of them by entity and attribute.
void plan_text_put_entities(struct plan_page *page, const struct plan_table *table,
                            struct plan_groups *groups);
// Then each group in pieces of one or more lines: how many there are, one of them, and
// how many items it is about.
size_t plan_text_pieces(const struct plan_group *group);
void plan_text_put_piece(struct plan_page *page, const struct plan_table *table,
                         const struct plan_group *group, size_t piece);
uint64_t plan_text_piece_items(const struct plan_group *group, size_t piece);

// A change by itself, whole.
void plan_text_put_item(struct plan_page *page, const struct plan_table *table,
                        const struct item_change *change);

#endif
