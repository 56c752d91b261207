// A table's settings in a plan for people.
#ifndef DDB_CORE_PLAN_TEXT_TABLE_H
#define DDB_CORE_PLAN_TEXT_TABLE_H

#include "plan_view.h"

// Its heading, changes and notes. Nothing when there are none.
void plan_text_put_table(struct plan_page *page, const struct plan_table *table);

#endif
