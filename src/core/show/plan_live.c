// A plan enters, lines leave:
//
//     live: about 225 items (DescribeTable, up to six hours old on AWS), 115 declared
//     live: exactly 225 items (counted by a scan), 115 declared
//     live: at least 9,000 items in cruddur-messages (counted so far by a scan), 115 declared
//
// The table is named where there are several. What DescribeTable tells may be less than
// what the run has seen itself, since it is old: then that is what is said.
#include "plan_live.h"

#include "amount.h"
#include "json_write.h"
#include "plan.h"
#include "plan_coverage.h"
#include "utf8.h"

#include <inttypes.h>

// How a number is told: before it, behind it, and for programs.
static const struct words {
    const char *before;
    const char *behind;
    const char *source;
    const char *precision;
} WORDS[] = {
    [LIVE_COUNT_DESCRIBED] = {"about", "DescribeTable, up to six hours old on AWS",
                              "describe-table", "about"},
    [LIVE_COUNT_SCANNED] = {"exactly", "counted by a scan", "scan", "exact"},
    [LIVE_COUNT_AT_LEAST] = {"at least", "counted so far by a scan", "scan",
                             "at-least"},
};
static const struct words SEEN = {"at least", "those that were read", "read",
                                  "at-least"};

// Items that were there when they were read, each counted once.
static uint64_t count_seen(const struct plan_table *table)
{
    const struct plan_counts *counts = &table->counts;
    bool was_read = table->reconciler != NULL && !plan_is_missing(table);
    return was_read ? counts->same + counts->changed + counts->stale : 0;
}

// NULL: nothing is known.
static const struct words *words_of(uint64_t *items, const struct plan_table *table)
{
    uint64_t seen = count_seen(table);
    const struct live_count *live = &table->live_count;
    *items = seen > live->items ? seen : live->items;
    if (plan_is_missing(table) || live->how == LIVE_COUNT_UNKNOWN) {
        return NULL;
    }
    return seen > live->items ? &SEEN : &WORDS[live->how];
}

void plan_live_put_text(struct buf *out, const struct plan *plan,
                        enum ddb_detail detail)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan_coverage_put_text(out, &plan->tables[i], detail == DDB_DETAIL_FULL);
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_table *table = &plan->tables[i];
        uint64_t items = 0;
        const struct words *words = words_of(&items, table);
        if (words == NULL) {
            continue;
        }
        buf_printf(out, "live: %s ", words->before);
        amount_put_count(out, items, "item");
        if (plan->count > 1) {
            buf_puts(out, " in ");
            utf8_put_visible(out, plan_declared(table)->name);
        }
        buf_printf(out, " (%s), ", words->behind);
        amount_put_number(out, table->unit->item_count);
        buf_puts(out, " declared\n");
    }
}

void plan_live_put_json(struct buf *out, const struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        plan_coverage_put_json(out, &plan->tables[i]);
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_table *table = &plan->tables[i];
        uint64_t items = 0;
        const struct words *words = words_of(&items, table);
        if (words == NULL) {
            continue;
        }
        buf_puts(out, "{\"type\":\"live\",\"table\":");
        json_put_string(out, plan_declared(table)->name);
        buf_printf(out,
                   ",\"items\":%" PRIu64 ",\"precision\":\"%s\",\"source\":\"%s\""
                   ",\"declared\":%" PRIu64 "}\n",
                   items, words->precision, words->source, table->unit->item_count);
    }
}
