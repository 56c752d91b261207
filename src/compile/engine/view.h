// The items of a table in one order: that of the table, or of an index, which holds those
// that have its key (A050, A069).
#ifndef DDB_COMPILE_VIEW_H
#define DDB_COMPILE_VIEW_H

#include "arena.h"
#include "buf.h"
#include "str.h"
#include "table.h"
#include "value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// In the order of their keys: the partition's place, hash key, range key, and in an index
// the place of the item and its key in the table.
struct view_entry {
    const char *key;
    uint32_t key_len;
    uint32_t item;
};

struct view {
    const struct table *table;
    const struct secondary_index *index; // NULL: the table's
    struct view_entry *entries;          // count of them
    size_t count;
    size_t cap;
    struct arena arena;   // of the keys
    struct buf key;       // that is being made
    struct buf partition; // of the last one that was added: its place and hash key
};

void view_init(struct view *view, const struct table *table,
               const struct secondary_index *index);
void view_deinit(struct view *view);
const struct key_schema *view_key(const struct view *view);

// Appends where the entry of such attributes is, or, with view_put_partition, what all of
// its partition begin with. False: one of the key is missing, empty or of another type.
__attribute__((warn_unused_result)) bool
view_put_partition(struct buf *out, const struct view *view,
                   const struct value_entry *entries, size_t count);
__attribute__((warn_unused_result)) bool view_put_key(struct buf *out,
                                                      const struct view *view,
                                                      const struct value_entry *entries,
                                                      size_t count);

// Adds an item, if the view has an entry of it.
void view_add(struct view *view, struct str json, uint32_t item, struct arena *scratch);
void view_sort(struct view *view);

// A bound in the order of entries: before everything that begins with these bytes, or
// behind all of that.
struct view_bound {
    struct str bytes;
    bool behind;
};
// How many entries are before it.
size_t view_find(const struct view *view, const struct view_bound *bound);

#endif
