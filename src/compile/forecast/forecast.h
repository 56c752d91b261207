// What writes cost before they are made: items, bytes, write units and requests, the
// hottest partitions, and how long it takes at least.
//
//     forecast_new
//     forecast_put, forecast_delete    each write, in the order in which they are sent
//     forecast_loads, forecast_hottest, forecast_slowest
//
// Sums are exact, by the service's rules: a put costs the larger one of the item and
// what it replaces, a delete what it removes, each rounded up to 1,024 bytes (B085). An
// index pays only for what changes in it: nothing when what it holds stays as it is,
// twice when the entry moves to another key.
#ifndef DDB_COMPILE_FORECAST_H
#define DDB_COMPILE_FORECAST_H

#include "arena.h"
#include "item.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORECAST_PARTITION_UNITS 1000 // write units a second that one takes (A141)
#define FORECAST_BURST_SECONDS 300    // unused capacity that is kept, of so many

struct forecast;

// What is written to the table itself, or to an index.
struct forecast_load {
    const struct secondary_index *index; // NULL: the table itself
    uint64_t writes;                     // puts and deletes of items, or of entries
    uint64_t bytes;                      // of what is put
    uint64_t write_units;
};

// The partition that takes most write units, by its hash key. Those of local indexes
// are in the table's.
struct forecast_partition {
    struct value_entry key[KEY_MAX_PARTS]; // key_count of them
    size_t key_count;
    uint64_t at_least; // write units of it
    uint64_t at_most;  // and no partition takes more; equal: the figure is exact
};

// What the time rests on.
enum forecast_limit {
    FORECAST_PROVISIONED,       // the declared capacity
    FORECAST_ON_DEMAND_MAXIMUM, // the declared ceiling of an on-demand table
    FORECAST_ON_DEMAND_START,   // what an on-demand table takes at first (A134)
    FORECAST_PARTITION,         // what a single partition takes
};

// Seconds, rounded up.
struct forecast_time {
    const struct secondary_index *index; // the slowest one; NULL: the table
    enum forecast_limit limit;
    uint64_t units_per_second;
    uint64_t longest;  // when no capacity was left unused before
    uint64_t shortest; // when none was used for five minutes: the burst bucket is full
};

// For writes to a table of this definition, which has to live longer.
struct forecast *forecast_new(const struct table *table);
void forecast_free(struct forecast *forecast); // NULL is fine

// A put of an item, whose object in the request has json_len bytes (0: it goes out in a
// request of its own): over a live item of the same key, or where there is none (NULL).
void forecast_put(struct forecast *forecast, const struct item *item,
                  const struct item *live, size_t json_len);
// A delete of a live item; it is sent after all puts. alone: in a request of its own.
void forecast_delete(struct forecast *forecast, const struct item *live, bool alone);
// A put where what was there is not known (see forecast_blind): counted as if there were
// nothing.
void forecast_put_blind(struct forecast *forecast, const struct item *item,
                        size_t json_len);

// What is written: the table's load, then one for each index in the table's order.
// Borrowed; count is 1 and the number of indexes.
const struct forecast_load *forecast_loads(const struct forecast *forecast,
                                           size_t *count);
uint64_t forecast_puts(const struct forecast *forecast);
uint64_t forecast_deletes(const struct forecast *forecast);
// Requests, when nothing has to be sent again.
uint64_t forecast_requests(const struct forecast *forecast);
// Writes over what is not known: when there are any, write units may be more.
uint64_t forecast_blind(const struct forecast *forecast);

// The write units that come from the capacity of the table (its local indexes'
// included), or from a global index's.
uint64_t forecast_units(const struct forecast *forecast,
                        const struct secondary_index *index);
// The hottest partition of the table (NULL), or of a global index. Its values live in
// the arena. False: nothing is written there.
bool forecast_hottest(struct forecast_partition *out, const struct forecast *forecast,
                      const struct secondary_index *index, struct arena *arena);

// The slowest one of the table and its global indexes, each at the capacity that the
// definition declares; writes go no faster than the slowest index takes them. `live` is
// the table as it is, whose warm throughput counts; NULL: there is none yet. False:
// nothing is written.
bool forecast_slowest(struct forecast_time *out, const struct forecast *forecast,
                      const struct table *live);

#endif
