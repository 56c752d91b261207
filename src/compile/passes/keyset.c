// Fingerprints of keys and their places enter, duplicates leave.
#include "keyset.h"

#include <string.h>

// Packed: a run has one for each item.
struct keyset_entry {
    struct uuid print; // first: it is what print_table finds
    uint32_t line;
    uint32_t at_low;
    uint32_t at_high : 8;
    uint32_t source : 24;
};

void keyset_init(struct keyset *set)
{
    *set = (struct keyset){.hasher = uuid_hasher_new(&UUID_CONVERSATION_NAMESPACE)};
    print_table_init(&set->prints, sizeof(struct keyset_entry));
}

void keyset_deinit(struct keyset *set)
{
    print_table_deinit(&set->prints);
    uuid_hasher_free(set->hasher);
    *set = (struct keyset){0};
}

struct uuid keyset_fingerprint(struct keyset *set, struct str key)
{
    return uuid_hasher_v5(set->hasher, key);
}

bool keyset_add(struct keyset *set, const struct uuid *fingerprint,
                struct keyset_place place, struct keyset_place *first)
{
    bool added = false;
    struct keyset_entry *entry = print_table_add(&set->prints, fingerprint, &added);
    if (!added) {
        uint64_t high = entry->at_high;
        *first = (struct keyset_place){high << 32 | entry->at_low, entry->line,
                                       entry->source};
        return false;
    }
    entry->line = place.line;
    entry->at_low = (uint32_t)place.at;
    entry->at_high = (uint32_t)(place.at >> 32) & 0xffU;
    entry->source = place.source & 0xffffffU;
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
