// Fingerprints in an open-addressing table: fingerprints and places enter, duplicates
// leave.
#include "keyset.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

// Packed: a run has one for each item.
#define PRINT_WORDS 3
struct keyset_entry {
    uint32_t print[PRINT_WORDS]; // all zero: free; no fingerprint is
    uint32_t line;
    uint64_t at : 40;
    uint64_t source : 24;
};

static bool is_free(const struct keyset_entry *entry)
{
    return (entry->print[0] | entry->print[1] | entry->print[2]) == 0;
}

static bool is_same(const struct keyset_entry *a, const struct keyset_entry *b)
{
    return memcmp(a->print, b->print, sizeof a->print) == 0;
}

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
                                      const struct keyset_entry *wanted)
{
    struct str bytes = {(const char *)wanted->print, sizeof wanted->print};
    uint64_t start = hash_text(&set->seed, bytes);
    size_t i = (size_t)start & (cap - 1);
    while (!is_free(&entries[i]) && !is_same(&entries[i], wanted)) {
        i = (i + 1) & (cap - 1);
    }
    return &entries[i];
}

static void grow(struct keyset *set)
{
    size_t cap = set->cap == 0 ? 64 : set->cap * 2;
    struct keyset_entry *entries = calloc(cap, sizeof *entries);
    if (entries == NULL) {
        die("out of memory for %zu keys", cap);
    }
    for (size_t i = 0; i < set->cap; i++) {
        if (!is_free(&set->entries[i])) {
            *find_slot(set, entries, cap, &set->entries[i]) = set->entries[i];
        }
    }
    free(set->entries);
    set->entries = entries;
    set->cap = cap;
}

bool keyset_add(struct keyset *set, const struct uuid *fingerprint,
                struct keyset_place place, struct keyset_place *first)
{
    if (set->count >= set->cap / 8 * 7) {
        grow(set);
    }
    struct keyset_entry entry = {
        .line = place.line,
        .at = place.at & UINT64_C(0xffffffffff),
        .source = place.source & 0xffffffU,
    };
    // Its last 96 bits: what a version and a variant take of them is never zero.
    memcpy(entry.print, fingerprint->bytes + 4, sizeof entry.print);
    struct keyset_entry *slot = find_slot(set, set->entries, set->cap, &entry);
    if (!is_free(slot)) {
        *first = (struct keyset_place){slot->at, slot->line, slot->source};
        return false;
    }
    *slot = entry;
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
                         .line_at = SPAN_LINE_AT(line_at),
                         .line = place->line,
                         .column = (uint32_t)(place->at - line_at)};
}
