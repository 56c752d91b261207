// Fingerprints in an open-addressing table of their entries' numbers: fingerprints enter,
// the entries that have them leave.
//
// They are hashes, but of text that somebody chose: where they go is keyed. Each slot
// keeps the hash beside the number, so that neither passing by others nor growing has to
// look at entries, which lie elsewhere in memory.
#include "print_table.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

#define MIN_CAP ((size_t)64)

struct print_slot {
    uint32_t number; // of the entry, from 1; 0: free
    uint32_t hash;
};

void print_table_init(struct print_table *table, size_t entry_size)
{
    *table = (struct print_table){.entry_size = entry_size, .seed = hash_seed_get()};
}

void print_table_deinit(struct print_table *table)
{
    free(table->entries);
    free(table->slots);
    *table = (struct print_table){0};
}

static void *must(void *memory, size_t count)
{
    if (memory == NULL) {
        die("out of memory for %zu items", count);
    }
    return memory;
}

static uint32_t hash_of(const struct print_table *table, const struct uuid *print)
{
    struct str bytes = {(const char *)print->bytes, sizeof print->bytes};
    return (uint32_t)hash_text(&table->seed, bytes);
}

static void grow_slots(struct print_table *table)
{
    size_t cap = table->cap == 0 ? MIN_CAP : table->cap * 2;
    struct print_slot *slots = must(calloc(cap, sizeof *slots), cap);
    for (size_t i = 0; i < table->cap; i++) {
        if (table->slots[i].number != 0) {
            size_t at = table->slots[i].hash & (cap - 1);
            while (slots[at].number != 0) {
                at = (at + 1) & (cap - 1);
            }
            slots[at] = table->slots[i];
        }
    }
    free(table->slots);
    table->slots = slots;
    table->cap = cap;
}

static void grow_entries(struct print_table *table)
{
    size_t room = table->room == 0 ? MIN_CAP : table->room + table->room / 2;
    if (room >= UINT32_MAX) {
        die("more than %zu items", table->count);
    }
    table->entries = must(realloc(table->entries, room * table->entry_size), room);
    table->room = room;
}

static unsigned char *entry_at(const struct print_table *table, size_t i)
{
    return table->entries + i * table->entry_size;
}

// Its slot, or the free one that it would get. There are slots.
static struct print_slot *find_slot(const struct print_table *table,
                                    const struct uuid *print, uint32_t hash)
{
    size_t at = hash & (table->cap - 1);
    while (table->slots[at].number != 0 &&
           (table->slots[at].hash != hash ||
            memcmp(entry_at(table, table->slots[at].number - 1), print->bytes,
                   sizeof print->bytes) != 0)) {
        at = (at + 1) & (table->cap - 1);
    }
    return &table->slots[at];
}

void *print_table_add(struct print_table *table, const struct uuid *print, bool *added)
{
    if (table->count >= table->cap / 8 * 7) {
        grow_slots(table);
    }
    uint32_t hash = hash_of(table, print);
    struct print_slot *slot = find_slot(table, print, hash);
    *added = slot->number == 0;
    if (!*added) {
        return entry_at(table, slot->number - 1);
    }
    if (table->count == table->room) {
        grow_entries(table);
    }
    unsigned char *entry = entry_at(table, table->count++);
    memset(entry, 0, table->entry_size);
    memcpy(entry, print->bytes, sizeof print->bytes);
    *slot = (struct print_slot){(uint32_t)table->count, hash};
    return entry;
}

void *print_table_find(const struct print_table *table, const struct uuid *print)
{
    if (table->cap == 0) {
        return NULL;
    }
    uint32_t number = find_slot(table, print, hash_of(table, print))->number;
    return number != 0 ? entry_at(table, number - 1) : NULL;
}

void *print_table_at(const struct print_table *table, size_t i)
{
    return i < table->count ? entry_at(table, i) : NULL;
}
