// Members of answers and requests, one after the other: trees of cJSON enter, parts of
// a struct table leave.
//
// cJSON cuts strings at \u0000, which no name of the service holds, and gives numbers
// as doubles, which hold every capacity (up to 2^53).
#include "members.h"

#include "heap.h"
#include "map.h"

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MAX 9007199254740992.0 // 2^53

cJSON *members_parse(struct str body)
{
    cJSON_InitHooks(&(cJSON_Hooks){heap_malloc, free});
    return cJSON_ParseWithLength(body.at, body.len);
}

const cJSON *members_get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

struct str members_text(const cJSON *value, struct arena *arena)
{
    return cJSON_IsString(value) ? arena_str(arena, str_from(value->valuestring))
                                 : str_from(NULL);
}

// Of an object, too: whoever loops over what should be an array has room for it.
size_t members_count(const cJSON *list)
{
    return (size_t)cJSON_GetArraySize(list);
}

size_t members_word(const cJSON *value, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cJSON_IsString(value) && strcmp(value->valuestring, names[i]) == 0) {
            return i;
        }
    }
    return count;
}

bool members_key(struct key_schema *out, const cJSON *array, struct arena *arena)
{
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        struct key_part part = {
            .name = members_text(members_get(element, "AttributeName"), arena)};
        struct str type = members_text(members_get(element, "KeyType"), arena);
        if (str_is(type, "HASH") && out->hash_count < KEY_MAX_PARTS) {
            out->hash[out->hash_count++] = part;
        } else if (str_is(type, "RANGE") && out->range_count < KEY_MAX_PARTS) {
            out->range[out->range_count++] = part;
        } else {
            return false;
        }
        if (part.name.len == 0) {
            return false;
        }
    }
    return out->hash_count > 0;
}

bool members_attributes(struct table *out, const cJSON *array, struct arena *arena)
{
    out->attributes = arena_array(arena, members_count(array), sizeof *out->attributes);
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        struct attribute_definition *attribute =
            &out->attributes[out->attribute_count++];
        struct str type = members_text(members_get(element, "AttributeType"), arena);
        attribute->name = members_text(members_get(element, "AttributeName"), arena);
        if (attribute->name.len == 0 || type.len != 1) {
            return false;
        }
        attribute->type = type.at[0];
    }
    return true;
}

int64_t members_units(const cJSON *number)
{
    if (!cJSON_IsNumber(number) || number->valuedouble < 0 ||
        number->valuedouble > CAPACITY_MAX) {
        return 0;
    }
    return (int64_t)number->valuedouble;
}

// An on-demand table answers with zeros, which are no throughput; a maximum that is not
// set is -1.
static struct throughput throughput_read(const cJSON *object, const char *read,
                                         const char *write)
{
    struct throughput out = {
        .read_units = members_units(members_get(object, read)),
        .write_units = members_units(members_get(object, write)),
    };
    out.set = out.read_units > 0 || out.write_units > 0;
    return out;
}

struct capacity members_capacity(const cJSON *description)
{
    return (struct capacity){
        .provisioned =
            throughput_read(members_get(description, "ProvisionedThroughput"),
                            "ReadCapacityUnits", "WriteCapacityUnits"),
        .on_demand = throughput_read(members_get(description, "OnDemandThroughput"),
                                     "MaxReadRequestUnits", "MaxWriteRequestUnits"),
        .warm = throughput_read(members_get(description, "WarmThroughput"),
                                "ReadUnitsPerSecond", "WriteUnitsPerSecond"),
    };
}

bool members_projection(struct projection *out, const cJSON *object,
                        struct arena *arena)
{
    struct str type = members_text(members_get(object, "ProjectionType"), arena);
    const cJSON *names = members_get(object, "NonKeyAttributes");
    if (str_is(type, "ALL")) {
        out->type = PROJECTION_ALL;
    } else if (str_is(type, "KEYS_ONLY")) {
        out->type = PROJECTION_KEYS_ONLY;
    } else if (str_is(type, "INCLUDE")) {
        out->type = PROJECTION_INCLUDE;
    } else {
        return false;
    }
    out->names = arena_array(arena, members_count(names), sizeof *out->names);
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, names)
    {
        out->names[out->count++].name = members_text(name, arena);
    }
    return true;
}

bool members_index(struct secondary_index *out, const cJSON *object, bool local,
                   struct arena *arena)
{
    out->name = members_text(members_get(object, "IndexName"), arena);
    out->local = local;
    out->capacity = members_capacity(object);
    return out->name.len > 0 &&
           members_key(&out->key, members_get(object, "KeySchema"), arena) &&
           members_projection(&out->projection, members_get(object, "Projection"),
                              arena);
}

struct stream_specification members_stream(const cJSON *object)
{
    static const char *const VIEWS[] = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                        "NEW_AND_OLD_IMAGES"};
    size_t view = members_word(members_get(object, "StreamViewType"), VIEWS, 4);
    bool enabled = cJSON_IsTrue(members_get(object, "StreamEnabled")) && view < 4;
    return (struct stream_specification){
        .state = enabled ? SETTING_ENABLED : SETTING_DISABLED,
        .view_type = enabled ? (enum stream_view_type)view : STREAM_KEYS_ONLY,
    };
}

void members_tags(struct table_settings *out, const cJSON *array, struct arena *arena)
{
    size_t cap = out->tag_count;
    out->tags =
        arena_grow(arena, out->tags, out->tag_count,
                   out->tag_count + members_count(array), &cap, sizeof *out->tags);
    const cJSON *tag = NULL;
    cJSON_ArrayForEach(tag, array)
    {
        out->tags[out->tag_count++] =
            (struct tag){.key = members_text(members_get(tag, "Key"), arena),
                         .value = members_text(members_get(tag, "Value"), arena)};
    }
}

enum insights_mode members_insights_mode(const cJSON *value)
{
    static const char *const MODES[] = {"ACCESSED_AND_THROTTLED_KEYS",
                                        "THROTTLED_KEYS"};
    size_t mode = members_word(value, MODES, 2);
    return mode < 2 ? (enum insights_mode)(mode + 1) : INSIGHTS_UNSAID;
}

// ---- what may be there once

static bool all_new(struct map *seen, struct str name)
{
    bool added = false;
    (void)map_add(seen, name, &added);
    return added;
}

static bool key_is_distinct(const struct key_schema *key, struct arena *arena)
{
    struct map seen;
    bool distinct = true;
    map_init(&seen, arena);
    for (size_t i = 0; i < key->hash_count; i++) {
        distinct = all_new(&seen, key->hash[i].name) && distinct;
    }
    for (size_t i = 0; i < key->range_count; i++) {
        distinct = all_new(&seen, key->range[i].name) && distinct;
    }
    return distinct;
}

static bool index_is_distinct(const struct secondary_index *index, struct arena *arena)
{
    struct map seen;
    bool distinct = key_is_distinct(&index->key, arena);
    map_init(&seen, arena);
    for (size_t i = 0; i < index->projection.count; i++) {
        distinct = all_new(&seen, index->projection.names[i].name) && distinct;
    }
    return distinct;
}

bool members_tags_are_distinct(const struct table_settings *settings)
{
    struct arena scratch = {0};
    struct map seen;
    bool distinct = true;
    map_init(&seen, &scratch);
    for (size_t i = 0; i < settings->tag_count; i++) {
        distinct = all_new(&seen, settings->tags[i].key) && distinct;
    }
    arena_deinit(&scratch);
    return distinct;
}

bool members_are_distinct(const struct table *table)
{
    struct arena scratch = {0};
    struct map attributes;
    struct map indexes;
    bool distinct = key_is_distinct(&table->key, &scratch);
    map_init(&attributes, &scratch);
    map_init(&indexes, &scratch);
    for (size_t i = 0; i < table->attribute_count; i++) {
        distinct = all_new(&attributes, table->attributes[i].name) && distinct;
    }
    for (size_t i = 0; i < table->index_count; i++) {
        distinct = all_new(&indexes, table->indexes[i].name) &&
                   index_is_distinct(&table->indexes[i], &scratch) && distinct;
    }
    arena_deinit(&scratch);
    return distinct;
}
