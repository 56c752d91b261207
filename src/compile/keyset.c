// Fingerprints in an open-addressing table: fingerprints and places enter, duplicates
// leave.
#include "keyset.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

struct keyset_entry {
    struct uuid
        fingerprint; // all zero: free (no SHA-1 fingerprint is: its version is 5)
    struct keyset_place place;
};

void keyset_init(struct keyset *set)
{
    *set = (struct keyset){.hasher = uuid_hasher_new(&UUID_CONVERSATION_NAMESPACE),
                           .seed = hash_seed_get()};
}

void keyset_deinit(struct keyset *set)
{
    free(set->entries);
    uuid_hasher_free(set->hasher);
    *set = (struct keyset){0};
}

struct uuid keyset_fingerprint(struct keyset *set, struct str key)
{
    return uuid_hasher_v5(set->hasher, key);
}

// Fingerprints are hashes, but of text that somebody chose: a slot is keyed.
static struct keyset_entry *find_slot(const struct keyset *set,
                                      struct keyset_entry *entries, size_t cap,
                                      const struct uuid *fingerprint)
{
    static const struct uuid FREE = {{0}};
    const struct str bytes = {(const char *)fingerprint->bytes,
                              sizeof fingerprint->bytes};
    const uint64_t start = hash_text(&set->seed, bytes);
    for (size_t i = (size_t)start & (cap - 1);; i = (i + 1) & (cap - 1)) {
        if (uuid_eq(&entries[i].fingerprint, &FREE) ||
            uuid_eq(&entries[i].fingerprint, fingerprint)) {
            return &entries[i];
        }
    }
}

static void grow(struct keyset *set)
{
    size_t cap = set->cap == 0 ? 64 : set->cap * 2;
    struct keyset_entry *entries = calloc(cap, sizeof *entries);
    if (entries == NULL) {
        die("out of memory for %zu keys", cap);
    }
    static const struct uuid FREE = {{0}};
    for (size_t i = 0; i < set->cap; i++) {
        if (!uuid_eq(&set->entries[i].fingerprint, &FREE)) {
            *find_slot(set, entries, cap, &set->entries[i].fingerprint) =
                set->entries[i];
        }
    }
    free(set->entries);
    set->entries = entries;
    set->cap = cap;
}

bool keyset_add(struct keyset *set, const struct uuid *fingerprint,
                struct keyset_place place, struct keyset_place *first)
{
    if (set->count * 4 >= set->cap * 3) {
        grow(set);
    }
    struct keyset_entry *slot = find_slot(set, set->entries, set->cap, fingerprint);
    if (uuid_eq(&slot->fingerprint, fingerprint)) {
        *first = slot->place;
        return false;
    }
    *slot = (struct keyset_entry){*fingerprint, place};
    set->count++;
    return true;
}

#define LOOK_BACK_BYTES 1024

struct span keyset_place_span(const struct keyset_place *place,
                              const struct source *source)
{
    char before[LOOK_BACK_BYTES];
    uint64_t line_at = place->at;
    while (line_at > 0) {
        size_t len = line_at < sizeof before ? (size_t)line_at : sizeof before;
        size_t came = source_read(source, line_at - len, before, len);
        const char *lf = came == len ? memrchr(before, '\n', len) : before;
        if (lf != NULL) {
            line_at -= came == len ? (size_t)(before + len - lf) - 1 : 0;
            break;
        }
        line_at -= len;
    }
    if (line_at == 0 && source_read(source, 0, before, 3) == 3 &&
        memcmp(before, "\xef\xbb\xbf", 3) == 0) {
        line_at = 3;
    }
    return (struct span){.source = source,
                         .line_at = line_at,
                         .line = place->line,
                         .column = (uint32_t)(place->at - line_at)};
}
