// Settings that are off by word of the definition. CreateTable does not say them, since
// a new table has none of them; of a table that is there they are to go.
#include "json_read.h"
#include "json_write.h"
#include "saved_plan.h"

#define INDEX_HEAD "global_secondary_indexes."
#define MAXIMUMS "on_demand_throughput"
#define INSIGHTS "contributor_insights"

static const struct {
    const char *key;
    size_t offset; // of its state in struct table_settings
} STATES[] = {
    {"stream_specification", offsetof(struct table_settings, stream.state)},
    {"sse_specification", offsetof(struct table_settings, sse.state)},
    {"time_to_live", offsetof(struct table_settings, time_to_live.state)},
    {"point_in_time_recovery",
     offsetof(struct table_settings, point_in_time_recovery.state)},
    {INSIGHTS, offsetof(struct table_settings, contributor_insights.state)},
};
#define STATE_COUNT (sizeof STATES / sizeof STATES[0])

static void put(struct buf *out, bool *first, struct str key)
{
    buf_puts(out, *first ? "" : ",");
    *first = false;
    json_put_string(out, key);
}

static void put_index(struct buf *out, bool *first, const struct secondary_index *index,
                      struct arena *arena)
{
    if (index->contributor_insights.state == SETTING_DISABLED) {
        put(out, first,
            arena_printf(arena, INDEX_HEAD "%.*s." INSIGHTS, STR_ARG(index->name)));
    }
    if (throughput_is_off(&index->capacity.on_demand)) {
        put(out, first,
            arena_printf(arena, INDEX_HEAD "%.*s." MAXIMUMS, STR_ARG(index->name)));
    }
}

void saved_off_write(struct buf *out, const struct table *table)
{
    const struct table_settings *settings = &table->settings;
    struct arena arena = {0};
    bool first = true;
    buf_char(out, '[');
    for (size_t i = 0; i < STATE_COUNT; i++) {
        const char *at = (const char *)settings + STATES[i].offset;
        if (*(const enum setting *)(const void *)at == SETTING_DISABLED) {
            put(out, &first, str_from(STATES[i].key));
        }
    }
    if (settings->tags_said && settings->tag_count == 0) {
        put(out, &first, STR("tags"));
    }
    if (settings->resource_policy_said && settings->resource_policy.len == 0) {
        put(out, &first, STR("resource_policy"));
    }
    if (throughput_is_off(&table->capacity.on_demand)) {
        put(out, &first, STR(MAXIMUMS));
    }
    for (size_t i = 0; i < table->index_count; i++) {
        put_index(out, &first, &table->indexes[i], &arena);
    }
    buf_char(out, ']');
    arena_deinit(&arena);
}

static void no_maximums(struct capacity *capacity)
{
    capacity->on_demand = (struct throughput){.set = true};
}

// Takes a text off the beginning of another. False: it does not begin with that.
static bool cut(struct str *rest, struct str head)
{
    bool begins = str_starts(*rest, head);
    *rest = str_skip(*rest, begins ? head.len : 0);
    return begins;
}

// "global_secondary_indexes.NAME.KEY"
static bool turn_off_index(struct table *table, struct str key)
{
    for (size_t i = 0; i < table->index_count; i++) {
        struct secondary_index *index = &table->indexes[i];
        struct str rest = key;
        if (!cut(&rest, STR(INDEX_HEAD)) || !cut(&rest, index->name) ||
            !cut(&rest, STR("."))) {
            continue;
        }
        if (str_is(rest, INSIGHTS)) {
            index->contributor_insights.state = SETTING_DISABLED;
            return true;
        }
        if (str_is(rest, MAXIMUMS)) {
            no_maximums(&index->capacity);
            return true;
        }
    }
    return false;
}

static bool turn_off(struct table *table, struct str key)
{
    struct table_settings *settings = &table->settings;
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (str_is(key, STATES[i].key)) {
            char *at = (char *)settings + STATES[i].offset;
            *(enum setting *)(void *)at = SETTING_DISABLED;
            return true;
        }
    }
    if (str_is(key, "tags")) {
        settings->tags_said = true;
        return settings->tag_count == 0;
    }
    if (str_is(key, "resource_policy")) {
        settings->resource_policy_said = true;
        return settings->resource_policy.len == 0;
    }
    if (str_is(key, MAXIMUMS)) {
        no_maximums(&table->capacity);
        return true;
    }
    return turn_off_index(table, key);
}

bool saved_off_read(struct table *table, struct str json, struct arena *arena)
{
    struct json_reader reader;
    json_reader_init(&reader, json, arena);
    if (json_next(&reader) != JSON_ARRAY_BEGIN) {
        return false;
    }
    enum json_token token = json_next(&reader);
    while (token == JSON_STRING && turn_off(table, json_text(&reader))) {
        token = json_next(&reader);
    }
    return token == JSON_ARRAY_END;
}
