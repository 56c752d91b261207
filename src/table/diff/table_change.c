// Changes of a table as records: their words, paths and values. What differs is decided
// elsewhere.
#include "table_change.h"

#include "buf.h"
#include "json_write.h"

// waits: the table is UPDATING afterwards (A240), an index is built or goes.
static const struct {
    const char *name;
    bool waits;
} KINDS[TABLE_CHANGE_KIND_COUNT] = {
    [TABLE_CHANGE_KEY] = {"key-schema", false},
    [TABLE_CHANGE_BILLING_MODE] = {"billing-mode", true},
    [TABLE_CHANGE_PROVISIONED] = {"provisioned-throughput", true},
    [TABLE_CHANGE_ON_DEMAND] = {"on-demand-throughput", true},
    [TABLE_CHANGE_WARM] = {"warm-throughput", true}, // A137
    [TABLE_CHANGE_INDEX_ADDED] = {"index-added", true},
    [TABLE_CHANGE_INDEX_REMOVED] = {"index-removed", true},
    [TABLE_CHANGE_INDEX_REPLACED] = {"index-replaced", true},
    [TABLE_CHANGE_STREAM] = {"stream", true},
    [TABLE_CHANGE_SSE] = {"encryption", true},
    [TABLE_CHANGE_TABLE_CLASS] = {"table-class", true},
    [TABLE_CHANGE_DELETION_PROTECTION] = {"deletion-protection", true},
    [TABLE_CHANGE_TIME_TO_LIVE] = {"time-to-live", false},
    [TABLE_CHANGE_RECOVERY] = {"point-in-time-recovery", false},
    [TABLE_CHANGE_INSIGHTS] = {"contributor-insights", false},
    [TABLE_CHANGE_TAG] = {"tag", false},
    [TABLE_CHANGE_RESOURCE_POLICY] = {"resource-policy", false},
    [TABLE_CHANGE_IMPOSSIBLE] = {"impossible", false},
};

const char *table_change_name(enum table_change_kind kind)
{
    return KINDS[kind].name;
}

const char *table_note_name(enum table_note_kind kind)
{
    static const char *const NAMES[TABLE_NOTE_KIND_COUNT] = {
        [TABLE_NOTE_UNDECLARED] = "undeclared",
        [TABLE_NOTE_UNKNOWN] = "unknown",
        [TABLE_NOTE_KEPT] = "kept",
        [TABLE_NOTE_BUILT] = "index-built",
        [TABLE_NOTE_LEFT_OUT] = "left-out",
        [TABLE_NOTE_REPLICAS] = "replicas",
        [TABLE_NOTE_BASE] = "base-mistake",
        [TABLE_NOTE_UNCOMPARED] = "not-compared",
        [TABLE_NOTE_ITEMS_UNCOMPARED] = "items-not-compared",
    };
    return NAMES[kind];
}

void table_note_add(struct table_diff *diff, struct table_note note)
{
    diff->notes =
        arena_grow(diff->arena, diff->notes, diff->note_count, diff->note_count + 1,
                   &diff->note_cap, sizeof *diff->notes);
    diff->notes[diff->note_count++] = note;
}

size_t table_note_count(const struct table_diff *diff, enum table_note_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < diff->note_count; i++) {
        count += diff->notes[i].kind == kind;
    }
    return count;
}

bool table_change_is_literal(enum table_change_kind kind)
{
    return kind == TABLE_CHANGE_PROVISIONED || kind == TABLE_CHANGE_ON_DEMAND ||
           kind == TABLE_CHANGE_WARM || kind == TABLE_CHANGE_RECOVERY ||
           kind == TABLE_CHANGE_DELETION_PROTECTION;
}

void table_change_add(struct table_diff *diff, struct table_change change)
{
    change.sign = change.from.at == NULL ? '+' : change.to.at == NULL ? '-' : '~';
    change.waits = KINDS[change.kind].waits;
    diff->changes = arena_grow(diff->arena, diff->changes, diff->count, diff->count + 1,
                               &diff->cap, sizeof *diff->changes);
    diff->changes[diff->count++] = change;
    diff->destructive += change.destructive;
    diff->impossible += change.kind == TABLE_CHANGE_IMPOSSIBLE;
}

struct str table_change_units(const struct table_diff *diff, int64_t units)
{
    return units == 0 ? (struct str){0}
                      : arena_printf(diff->arena, "%lld", (long long)units);
}

struct str table_change_path(const struct table_diff *diff,
                             const struct secondary_index *index, const char *member)
{
    if (index == NULL) {
        return str_from(member);
    }
    return arena_printf(diff->arena, "%s_secondary_indexes.%.*s%s%s",
                        index->local ? "local" : "global", STR_ARG(index->name),
                        member[0] == '\0' ? "" : ".", member);
}

struct str table_change_tag_path(const struct table_diff *diff, struct str key)
{
    struct buf path;
    buf_init(&path, SIZE_MAX);
    buf_puts(&path, "tags.");
    json_put_word(&path, key);
    struct str kept = arena_str(diff->arena, buf_str(&path));
    buf_deinit(&path);
    return kept;
}
