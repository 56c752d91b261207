// A plan for people. Changes enter, lines leave that begin with our own words and
// marks:
//
//     cruddur-messages
//       ~ billing_mode PROVISIONED -> PAY_PER_REQUEST
//       message: 1 to add, 83 to change
//           + gsi2pk on 83
//       + pk "MSG#5ae2..." sk "2023-03-19T12:04..."  (message, fixtures/talk.txt:14)
//           message "One more line."
//       + gsi2pk on 83 message items
//           first pk "MSG#5ae2..." sk ...
//     plan: 1 to add, 83 to change
//     live: exactly 225 items (counted by a scan), 115 declared
//
// This file puts their parts together.
#include "plan.h"
#include "plan_forecast.h"
#include "plan_frame.h"
#include "plan_groups.h"
#include "plan_live.h"
#include "plan_text_items.h"
#include "plan_text_table.h"
#include "plan_view.h"

static void put_end(struct plan_page *page, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan_forecast_put_text(&page->out, &plan->tables[i]);
    }
    plan_frame_put_recipe(&page->out, plan);
    plan_frame_put_summary(&page->out, plan, page->color);
    plan_live_put_text(&page->out, plan, page->detail);
}

static void put_items(struct plan_page *page, const struct plan_table *table,
                      struct plan_groups *groups)
{
    size_t count = 0;
    const struct plan_group *const *all = plan_groups_get(&count, groups);
    plan_text_put_entities(page, table, groups);
    for (size_t i = 0; i < count && page->detail == DDB_DETAIL_GROUPS; i++) {
        for (size_t piece = 0; piece < plan_text_pieces(all[i]); piece++) {
            plan_text_put_piece(page, table, all[i], piece);
        }
    }
}

const struct plan_format PLAN_TEXT = {
    .table = plan_text_put_table,
    .items = put_items,
    .item = plan_text_put_item,
    .end = put_end,
};
