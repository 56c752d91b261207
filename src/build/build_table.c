// Requests about a table to the table. Bodies enter, each is read and then written
// again from what was read: unless both are the same, something of it was not
// understood, and a comparison with the table would be wrong without a word.
#include "build_table.h"

#include "buf.h"
#include "json_read.h"
#include "members.h"
#include "request.h"
#include "table_calls.h"
#include "table_check.h"

#include <cjson/cJSON.h>

#include <string.h>

#define WRITTEN_MAX ((size_t)16 << 20)

static bool refuse(const char **why, const char *text)
{
    *why = text;
    return false;
}

// json_read first (members.h), and no U+0000, where cJSON cuts strings.
static bool is_sound(struct str body, struct arena *arena, const char **why)
{
    struct arena scratch = {0};
    struct json_reader reader;
    enum json_token token = JSON_NULL;
    bool sound = true;
    json_reader_init(&reader, body, &scratch);
    while (sound && token != JSON_END && token != JSON_ERROR) {
        token = json_next(&reader);
        struct str text = json_text(&reader);
        sound = text.len == 0 || memchr(text.at, '\0', text.len) == NULL;
    }
    if (token == JSON_ERROR) {
        sound = refuse(why, arena_printf(arena, "it is not JSON: %s at byte %zu",
                                         json_error(&reader), reader.at)
                                .at);
    } else if (!sound) {
        (void)refuse(why, "it holds U+0000");
    }
    arena_deinit(&scratch);
    return sound;
}

// What was read says all that stands there.
static bool is_all(const cJSON *root, const struct buf *written, const char **why)
{
    cJSON *again = members_parse(buf_str(written));
    bool same = cJSON_Compare(root, again, true) != 0;
    cJSON_Delete(again);
    return same || refuse(why, "this version of ddbgen would not write it like that");
}

// ---- CreateTable

static bool read_indexes(struct table *out, const cJSON *array, bool local,
                         struct arena *arena)
{
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        if (out->index_count == INDEX_MAX ||
            !members_index(&out->indexes[out->index_count++], element, local, arena)) {
            return false;
        }
    }
    return true;
}

static void read_settings(struct table_settings *out, const cJSON *root,
                          struct arena *arena)
{
    static const char *const CLASSES[] = {"STANDARD", "STANDARD_INFREQUENT_ACCESS"};
    const cJSON *stream = members_get(root, "StreamSpecification");
    const cJSON *sse = members_get(root, "SSESpecification");
    const cJSON *protection = members_get(root, "DeletionProtectionEnabled");
    size_t class = members_word(members_get(root, "TableClass"), CLASSES, 2);
    if (stream != NULL) {
        out->stream = members_stream(stream);
    }
    if (sse != NULL) {
        out->sse.state = SETTING_ENABLED;
        out->sse.kms_master_key_id =
            members_text(members_get(sse, "KMSMasterKeyId"), arena);
    }
    if (class < 2) {
        out->table_class = (enum table_class)(class + 1);
    }
    if (protection != NULL) {
        out->deletion_protection =
            cJSON_IsTrue(protection) ? SETTING_ENABLED : SETTING_DISABLED;
    }
    members_tags(out, members_get(root, "Tags"), arena);
    out->tags_said = out->tag_count > 0;
    out->resource_policy = members_text(members_get(root, "ResourcePolicy"), arena);
    out->resource_policy_said = out->resource_policy.len > 0;
}

static bool has_known_types(const struct table *table)
{
    for (size_t i = 0; i < table->attribute_count; i++) {
        char type = table->attributes[i].type;
        if (type != 'S' && type != 'N' && type != 'B') {
            return false;
        }
    }
    return true;
}

static bool read_table(struct table *out, const cJSON *root, struct arena *arena)
{
    static const char *const MODES[] = {"PROVISIONED", "PAY_PER_REQUEST"};
    const cJSON *local = members_get(root, "LocalSecondaryIndexes");
    const cJSON *global = members_get(root, "GlobalSecondaryIndexes");
    size_t mode = members_word(members_get(root, "BillingMode"), MODES, 2);
    out->name = members_text(members_get(root, "TableName"), arena);
    out->attributes_known = true;
    out->key.known = true;
    out->capacity = members_capacity(root);
    out->billing_mode = mode < 2 ? (enum billing_mode)mode : BILLING_UNKNOWN;
    out->indexes = arena_array(arena, members_count(local) + members_count(global),
                               sizeof *out->indexes);
    read_settings(&out->settings, root, arena);
    return out->name.len > 0 && out->billing_mode != BILLING_UNKNOWN &&
           members_attributes(out, members_get(root, "AttributeDefinitions"), arena) &&
           has_known_types(out) &&
           members_key(&out->key, members_get(root, "KeySchema"), arena) &&
           read_indexes(out, local, true, arena) &&
           read_indexes(out, global, false, arena);
}

bool build_table_read(struct table *out, struct str body, struct arena *arena,
                      const char **why)
{
    struct buf written;
    *out = (struct table){0};
    if (!is_sound(body, arena, why)) {
        return false;
    }
    cJSON *root = members_parse(body);
    bool fine = read_table(out, root, arena) ||
                refuse(why, "it does not hold the members of CreateTable");
    buf_init(&written, WRITTEN_MAX);
    if (fine) {
        request_write_create_table(&written, out);
    }
    fine = fine && is_all(root, &written, why) &&
           ((members_are_distinct(out) && members_tags_are_distinct(&out->settings)) ||
            refuse(why, "a name stands in it twice"));
    buf_deinit(&written);
    cJSON_Delete(root);
    return fine;
}

// ---- the calls behind it

// What a call makes, of the table or of an index: NULL when it names one that there is
// not.
static struct contributor_insights *find_insights(struct table *table,
                                                  const struct secondary_index **index,
                                                  struct str name)
{
    *index = NULL;
    if (name.len == 0) {
        return &table->settings.contributor_insights;
    }
    for (size_t i = 0; i < table->index_count; i++) {
        if (str_eq(table->indexes[i].name, name)) {
            *index = &table->indexes[i];
            return &table->indexes[i].contributor_insights;
        }
    }
    return NULL;
}

static bool add_time_to_live(struct table *table, struct table_call *call,
                             const cJSON *root, struct arena *arena)
{
    const cJSON *specification = members_get(root, "TimeToLiveSpecification");
    if (table->settings.time_to_live.state != SETTING_UNSAID) {
        return false;
    }
    *call = (struct table_call){.setting = TABLE_TIME_TO_LIVE};
    table->settings.time_to_live = (struct time_to_live){
        .state = SETTING_ENABLED,
        .attribute_name =
            members_text(members_get(specification, "AttributeName"), arena),
    };
    return true;
}

static bool add_recovery(struct table *table, struct table_call *call,
                         const cJSON *root, struct arena *arena)
{
    const cJSON *specification = members_get(root, "PointInTimeRecoverySpecification");
    (void)arena;
    if (table->settings.point_in_time_recovery.state != SETTING_UNSAID) {
        return false;
    }
    *call = (struct table_call){.setting = TABLE_RECOVERY};
    table->settings.point_in_time_recovery = (struct point_in_time_recovery){
        .state = SETTING_ENABLED,
        .recovery_period_in_days =
            members_units(members_get(specification, "RecoveryPeriodInDays")),
    };
    return true;
}

static bool add_insights(struct table *table, struct table_call *call,
                         const cJSON *root, struct arena *arena)
{
    struct str name = members_text(members_get(root, "IndexName"), arena);
    *call = (struct table_call){.setting = TABLE_INSIGHTS};
    struct contributor_insights *insights = find_insights(table, &call->index, name);
    if (insights == NULL || insights->state != SETTING_UNSAID) {
        return false;
    }
    *insights = (struct contributor_insights){
        .state = SETTING_ENABLED,
        .mode = members_insights_mode(members_get(root, "ContributorInsightsMode")),
    };
    return true;
}

bool build_table_add(struct table *table, struct str operation, struct str body,
                     struct arena *arena, const char **why)
{
    static const struct {
        const char *operation;
        bool (*add)(struct table *, struct table_call *, const cJSON *, struct arena *);
    } CALLS[] = {
        {"UpdateTimeToLive", add_time_to_live},
        {"UpdateContinuousBackups", add_recovery},
        {"UpdateContributorInsights", add_insights},
    };
    struct table_call call;
    struct buf written;
    size_t i = 0;
    while (i < 3 && !str_is(operation, CALLS[i].operation)) {
        i++;
    }
    if (i == 3) {
        return refuse(why, "no build holds such a request");
    }
    if (!is_sound(body, arena, why)) {
        return false;
    }
    cJSON *root = members_parse(body);
    bool fine = CALLS[i].add(table, &call, root, arena) ||
                refuse(why, "the table has no such index, or it was said before");
    buf_init(&written, WRITTEN_MAX);
    if (fine) {
        table_call_write_update(&written, table, &call);
    }
    fine = fine && is_all(root, &written, why);
    buf_deinit(&written);
    cJSON_Delete(root);
    return fine;
}

// ---- all of it

static void complete(enum setting *state)
{
    if (*state == SETTING_UNSAID) {
        *state = SETTING_DISABLED;
    }
}

// Without a word the service takes what it always did.
static void complete_insights(struct contributor_insights *insights)
{
    complete(&insights->state);
    if (insights->state == SETTING_ENABLED && insights->mode == INSIGHTS_UNSAID) {
        insights->mode = INSIGHTS_ACCESSED_AND_THROTTLED_KEYS;
    }
}

void build_table_complete(struct table *table)
{
    struct table_settings *settings = &table->settings;
    complete(&settings->stream.state);
    complete(&settings->sse.state);
    complete(&settings->deletion_protection);
    complete(&settings->time_to_live.state);
    complete(&settings->point_in_time_recovery.state);
    complete_insights(&settings->contributor_insights);
    for (size_t i = 0; i < table->index_count; i++) {
        complete_insights(&table->indexes[i].contributor_insights);
    }
    if (settings->table_class == TABLE_CLASS_UNSAID) {
        settings->table_class = TABLE_CLASS_STANDARD; // A162
    }
    settings->tags_said = true;
    settings->resource_policy_said = true;
}
