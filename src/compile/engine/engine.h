// A table in memory: Query, Scan, GetItem and BatchGetItem as the service answers them,
// over items that were compiled (C045, C046).
#ifndef DDB_COMPILE_ENGINE_H
#define DDB_COMPILE_ENGINE_H

#include "arena.h"
#include "batch.h"
#include "query_bind.h"
#include "str.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A page is over when what was read of it has this size.
#define ENGINE_PAGE_BYTES ((uint64_t)1 << 20)

struct engine;

// Never NULL. The table is borrowed.
struct engine *engine_new(const struct table *table);
void engine_free(struct engine *engine); // NULL is fine

// Adds an item, whose key no other one has: {"pk":{...},...} as the compiler writes it.
void engine_add(struct engine *engine, struct str json);
// Takes what emit_unit gives.
struct batch_sink engine_sink(struct engine *engine);

// A page of a Query or a Scan.
struct engine_ask {
    const struct bound_query *bound;
    uint64_t limit;                  // the service's own: items that are read; 0: none
    const struct value_entry *start; // ExclusiveStartKey, start_count of them; or NULL
    size_t start_count;
    uint64_t segment; // of a Scan, of so many
    uint64_t segments;
};

struct engine_answer {
    uint64_t count;   // of what came back
    uint64_t scanned; // of what was read
    uint64_t half_units;
    const struct value_entry
        *last; // LastEvaluatedKey, last_count of them; NULL: the end
    size_t last_count;
};

struct engine_item_sink {
    // An item in DynamoDB JSON; false ends the page.
    bool (*item)(void *context, struct str json);
    void *context;
};

// False: the start key is none of the service's; *why is a static text. What the answer
// holds lives in arena.
__attribute__((warn_unused_result)) bool
engine_page(struct engine_answer *out, struct engine *engine,
            const struct engine_ask *ask, const struct engine_item_sink *sink,
            struct arena *arena, const char **why);

// GetItem, and each of BatchGetItem's keys: the item, if there is one. Counts are added
// to *out.
void engine_get(struct engine_answer *out, struct engine *engine,
                const struct bound_query *bound, size_t key,
                const struct engine_item_sink *sink);

#endif
