// What a run would change, shown: to people, or one JSON object a line.
#ifndef DDB_CORE_PLAN_H
#define DDB_CORE_PLAN_H

#include "buf.h"
#include "reconcile.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

// The version of the JSON form; it changes when a reader of it might stumble.
#define PLAN_VERSION 1

struct plan_counts {
    uint64_t tables_missing;
    uint64_t added;
    uint64_t changed;
    uint64_t moved;
    uint64_t stale;
    uint64_t same; // items that are as they should be
};

// True when something differs.
bool plan_differs(const struct plan_counts *counts);

// How a plan is shown. Each appends whole lines.
struct plan_format {
    void (*table_missing)(struct buf *out, const struct table *table, bool color);
    void (*item)(struct buf *out, const struct item_change *change, bool color);
    void (*summary)(struct buf *out, const struct plan_counts *counts, bool prune);
};

extern const struct plan_format PLAN_TEXT;
extern const struct plan_format PLAN_JSON;

#endif
