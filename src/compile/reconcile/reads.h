// What has to be read of a live table: partitions by Query, items by BatchGetItem.
#ifndef DDB_COMPILE_READS_H
#define DDB_COMPILE_READS_H

#include "arena.h"
#include "buf.h"
#include "map.h"
#include "str.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>

// A read of the live table: a whole partition by Query, or items by their keys by
// BatchGetItem. members is the request as live/fetcher.h takes it.
struct reconcile_read {
    bool keys;
    struct str members;
};

struct reads {
    const struct table *table;
    struct arena *arena;
    struct map partitions; // by the hash key's text
    struct reconcile_read *list;
    size_t count;
    size_t cap;
    struct buf keys; // of the BatchGetItem that is being filled
    size_t key_count;
    struct buf text;
};

// For a table; what is planned lives in arena. Both are borrowed.
void reads_init(struct reads *reads, const struct table *table, struct arena *arena);
void reads_deinit(struct reads *reads);

// Plans a partition, unless it is known; and an item by itself, unless its partition is.
// range NULL: the table has none. No item is planned twice by the caller.
void reads_partition(struct reads *reads, const struct value *hash);
void reads_item(struct reads *reads, const struct value *hash,
                const struct value *range);
// After all of them.
void reads_end(struct reads *reads);

#endif
