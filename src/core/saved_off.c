// Settings that are off by word of the definition. CreateTable does not say them, since
// a new table has none of them; of a table that is there they are to go.
#include "json_read.h"
#include "json_write.h"
#include "saved_plan.h"

#define INDEX_HEAD "global_secondary_indexes."
#define INDEX_TAIL ".contributor_insights"

static const struct {
    const char *key;
    size_t offset; // of its state in struct table_settings
} STATES[] = {
    {"stream_specification", offsetof(struct table_settings, stream.state)},
    {"sse_specification", offsetof(struct table_settings, sse.state)},
    {"time_to_live", offsetof(struct table_settings, time_to_live.state)},
    {"point_in_time_recovery",
     offsetof(struct table_settings, point_in_time_recovery.state)},
    {"contributor_insights",
     offsetof(struct table_settings, contributor_insights.state)},
};
#define STATE_COUNT (sizeof STATES / sizeof STATES[0])

static void put(struct buf *out, bool *first, struct str key)
{
    buf_puts(out, *first ? "" : ",");
    *first = false;
    json_put_string(out, key);
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
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].contributor_insights.state == SETTING_DISABLED) {
            put(out, &first,
                arena_printf(&arena, INDEX_HEAD "%.*s" INDEX_TAIL,
                             STR_ARG(table->indexes[i].name)));
        }
    }
    buf_char(out, ']');
    arena_deinit(&arena);
}

static bool turn_off_index(struct table *table, struct str key)
{
    static const size_t AROUND = sizeof INDEX_HEAD - 1 + sizeof INDEX_TAIL - 1;
    if (key.len < AROUND || !str_starts(key, STR(INDEX_HEAD)) ||
        !str_ends(key, STR(INDEX_TAIL))) {
        return false;
    }
    struct str name = {key.at + sizeof INDEX_HEAD - 1, key.len - AROUND};
    for (size_t i = 0; i < table->index_count; i++) {
        if (str_eq(table->indexes[i].name, name)) {
            table->indexes[i].contributor_insights.state = SETTING_DISABLED;
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
