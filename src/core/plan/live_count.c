// What DescribeTable answered enters; how many items there are leaves.
#include "live_count.h"

#include "counter.h"
#include "target.h"

#define PAGES_MAX 8 // of 1 MiB: some ten thousands of items

struct live_count live_count_take(const struct live_table *live, struct str table,
                                  struct client *client)
{
    const struct target *target = client_get_target(client);
    const struct last_count *told = &live->table.counted;
    uint64_t items = 0;
    bool all = false;
    struct live_count described = {
        .how = told->told ? LIVE_COUNT_DESCRIBED : LIVE_COUNT_UNKNOWN,
        .items = (uint64_t)told->items,
    };
    if (target->is_protected || !target->loopback ||
        !counter_run(&items, &all, client, table, PAGES_MAX)) {
        return described;
    }
    if (!all && described.how == LIVE_COUNT_DESCRIBED && described.items >= items) {
        return described; // it says more than what was counted
    }
    return (struct live_count){all ? LIVE_COUNT_SCANNED : LIVE_COUNT_AT_LEAST, items};
}
