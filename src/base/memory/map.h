// A hash map from byte strings to pointers over an arena, in insertion order. Keys are
// borrowed: they must outlive the map. The hash is keyed (hash.h); the order of entries
// never depends on it.
#ifndef DDB_BASE_MAP_H
#define DDB_BASE_MAP_H

#include "arena.h"
#include "hash.h"
#include "str.h"

#include <stdint.h>

struct map_entry {
    struct str key;
    void *value;
    uint64_t hash;
};

struct map {
    struct arena *arena;
    struct map_entry *entries; // count of them, in insertion order
    size_t count;
    size_t entries_cap;
    uint32_t *slots; // index of entry + 1, 0 for free
    size_t slot_count;
    struct hash_seed seed;
};

void map_init(struct map *map, struct arena *arena);
// Adds key unless it is there. Returns the entry in either case (its value is NULL when
// new), and says in *added which it was (added may be NULL). The pointer is valid until
// the next map_add.
struct map_entry *map_add(struct map *map, struct str key, bool *added);
void *map_find(const struct map *map, struct str key); // NULL when missing

#endif
