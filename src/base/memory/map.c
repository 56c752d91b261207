// A hash map over an arena: open addressing with linear probing over indexes into an
// array of entries, which keeps the order of insertion. In: borrowed keys. Out:
// entries.
//
// Nothing is ever removed, so there are no tombstones. At most half of the slots are
// taken.
#include "map.h"

#include "die.h"

#include <string.h>

#define FIRST_SLOTS ((size_t)16)

void map_init(struct map *map, struct arena *arena)
{
    *map = (struct map){.arena = arena, .seed = hash_seed_get()};
}

// The slot that holds key, or the free one where it belongs. There must be slots.
static size_t slot_find(const struct map *map, struct str key, uint64_t hash)
{
    size_t slot = (size_t)hash & (map->slot_count - 1);
    while (map->slots[slot] != 0) {
        const struct map_entry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && str_eq(entry->key, key)) {
            break;
        }
        slot = (slot + 1) & (map->slot_count - 1);
    }
    return slot;
}

static void slots_grow(struct map *map)
{
    map->slot_count = map->slot_count == 0 ? FIRST_SLOTS : map->slot_count * 2;
    map->slots = arena_array(map->arena, map->slot_count, sizeof map->slots[0]);
    for (size_t i = 0; i < map->count; i++) {
        size_t slot = (size_t)map->entries[i].hash & (map->slot_count - 1);
        while (map->slots[slot] != 0) {
            slot = (slot + 1) & (map->slot_count - 1);
        }
        map->slots[slot] = (uint32_t)(i + 1);
    }
}

struct map_entry *map_add(struct map *map, struct str key, bool *added)
{
    uint64_t hash = hash_text(&map->seed, key);
    if (map->count * 2 >= map->slot_count) {
        slots_grow(map);
    }
    size_t slot = slot_find(map, key, hash);
    bool is_new = map->slots[slot] == 0;
    if (added != NULL) {
        *added = is_new;
    }
    if (is_new) {
        if (map->count >= UINT32_MAX - 1) {
            die("map: too many entries");
        }
        map->entries = arena_grow(map->arena, map->entries, map->count, map->count + 1,
                                  &map->entries_cap, sizeof map->entries[0]);
        map->entries[map->count] = (struct map_entry){.key = key, .hash = hash};
        map->count++;
        map->slots[slot] = (uint32_t)map->count;
    }
    return &map->entries[map->slots[slot] - 1];
}

void *map_find(const struct map *map, struct str key)
{
    if (map->count == 0) {
        return NULL;
    }
    uint32_t index = map->slots[slot_find(map, key, hash_text(&map->seed, key))];
    return index == 0 ? NULL : map->entries[index - 1].value;
}
