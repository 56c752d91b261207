// Keys with weights enter, the heaviest leaves. Entries lie in an array and hang in
// chains of a hash table; once all are taken they are a heap as well, the lightest on
// top.
#include "hottest.h"

#include "die.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

#define CHAINS 8192 // a power of two
#define NO_ENTRY UINT32_MAX

struct hottest_entry {
    char *key;
    size_t key_len;
    size_t key_cap;
    uint64_t hash;
    uint64_t weight;
    uint64_t error;  // how much of the weight may be of other keys
    uint32_t next;   // in its chain
    uint32_t heaped; // its place in the heap, when there is one
};

struct hottest {
    struct hottest_entry entries[HOTTEST_KEYS];
    uint32_t chains[CHAINS];
    uint32_t heap[HOTTEST_KEYS]; // all entries, from the first that did not fit
    uint32_t count;
    bool full;
    struct hash_seed seed;
};

static void *allocate(void *old, size_t size)
{
    void *memory = realloc(old, size);
    if (memory == NULL) {
        die("out of memory for %zu bytes of keys", size);
    }
    return memory;
}

struct hottest *hottest_new(void)
{
    struct hottest *hottest = allocate(NULL, sizeof *hottest);
    hottest->count = 0;
    hottest->full = false;
    hottest->seed = hash_seed_get();
    for (size_t i = 0; i < CHAINS; i++) {
        hottest->chains[i] = NO_ENTRY;
    }
    return hottest;
}

void hottest_free(struct hottest *hottest)
{
    for (uint32_t i = 0; hottest != NULL && i < hottest->count; i++) {
        free(hottest->entries[i].key);
    }
    free(hottest);
}

static struct str key_of(const struct hottest_entry *entry)
{
    return (struct str){entry->key, entry->key_len};
}

static uint32_t *chain_of(struct hottest *hottest, uint64_t hash)
{
    return &hottest->chains[hash & (CHAINS - 1)];
}

static uint32_t find(struct hottest *hottest, struct str key, uint64_t hash)
{
    uint32_t at = *chain_of(hottest, hash);
    while (at != NO_ENTRY && !(hottest->entries[at].hash == hash &&
                               str_eq(key_of(&hottest->entries[at]), key))) {
        at = hottest->entries[at].next;
    }
    return at;
}

static void unchain(struct hottest *hottest, uint32_t at)
{
    uint32_t *link = chain_of(hottest, hottest->entries[at].hash);
    while (*link != at) {
        link = &hottest->entries[*link].next;
    }
    *link = hottest->entries[at].next;
}

static void name_entry(struct hottest *hottest, uint32_t at, struct str key,
                       uint64_t hash)
{
    struct hottest_entry *entry = &hottest->entries[at];
    if (key.len > entry->key_cap) {
        entry->key = allocate(entry->key, key.len);
        entry->key_cap = key.len;
    }
    if (key.len > 0) {
        memcpy(entry->key, key.at, key.len);
    }
    entry->key_len = key.len;
    entry->hash = hash;
    entry->next = *chain_of(hottest, hash);
    *chain_of(hottest, hash) = at;
}

static uint64_t weight_at(const struct hottest *hottest, size_t place)
{
    return hottest->entries[hottest->heap[place]].weight;
}

static void set_place(struct hottest *hottest, size_t place, uint32_t at)
{
    hottest->heap[place] = at;
    hottest->entries[at].heaped = (uint32_t)place;
}

// An entry that became heavier moves down until nothing lighter is below it.
static void sink(struct hottest *hottest, size_t place)
{
    uint32_t at = hottest->heap[place];
    uint64_t weight = hottest->entries[at].weight;
    for (;;) {
        size_t below = 2 * place + 1;
        if (below >= HOTTEST_KEYS) {
            break;
        }
        if (below + 1 < HOTTEST_KEYS &&
            weight_at(hottest, below + 1) < weight_at(hottest, below)) {
            below++;
        }
        if (weight_at(hottest, below) >= weight) {
            break;
        }
        set_place(hottest, place, hottest->heap[below]);
        place = below;
    }
    set_place(hottest, place, at);
}

static void build_heap(struct hottest *hottest)
{
    for (uint32_t i = 0; i < HOTTEST_KEYS; i++) {
        set_place(hottest, i, i);
    }
    for (size_t place = HOTTEST_KEYS / 2; place > 0; place--) {
        sink(hottest, place - 1);
    }
    hottest->full = true;
}

static void replace_lightest(struct hottest *hottest, struct str key, uint64_t hash,
                             uint64_t weight)
{
    if (!hottest->full) {
        build_heap(hottest);
    }
    uint32_t at = hottest->heap[0];
    struct hottest_entry *entry = &hottest->entries[at];
    unchain(hottest, at);
    name_entry(hottest, at, key, hash);
    entry->error = entry->weight;
    entry->weight += weight;
    sink(hottest, 0);
}

void hottest_add(struct hottest *hottest, struct str key, uint64_t weight)
{
    uint64_t hash = hash_text(&hottest->seed, key);
    uint32_t at = find(hottest, key, hash);
    if (at != NO_ENTRY) {
        hottest->entries[at].weight += weight;
        if (hottest->full) {
            sink(hottest, hottest->entries[at].heaped);
        }
    } else if (hottest->count < HOTTEST_KEYS) {
        at = hottest->count++;
        hottest->entries[at] = (struct hottest_entry){.weight = weight};
        name_entry(hottest, at, key, hash);
    } else {
        replace_lightest(hottest, key, hash, weight);
    }
}

bool hottest_find(struct hottest_key *out, const struct hottest *hottest)
{
    *out = (struct hottest_key){0};
    for (uint32_t i = 0; i < hottest->count; i++) {
        const struct hottest_entry *entry = &hottest->entries[i];
        uint64_t sure = entry->weight - entry->error;
        bool first = i == 0 || sure > out->at_least ||
                     (sure == out->at_least && str_cmp(key_of(entry), out->key) < 0);
        if (first) {
            out->key = key_of(entry);
            out->at_least = sure;
        }
        if (entry->weight > out->at_most) {
            out->at_most = entry->weight;
        }
    }
    return hottest->count > 0;
}
