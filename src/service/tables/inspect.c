// Answers about tables, as typed structs. Enters: a body that the client found to be
// well-formed JSON (members.h). Leaves: the very struct table that a
// definition gives, so that both can be compared. Names are compared exactly.
#include "inspect.h"

#include "ascii.h"
#include "members.h"
#include "table_check.h"

#include <cjson/cJSON.h>

#define STATUS_MAX 64 // the service's words are shorter; a hostile server's may not be
#define TAGS_MAX 1000 // a table has some 50 (A164); pages must end

static struct str status_of(const cJSON *value, struct arena *arena)
{
    struct str status = members_text(value, arena);
    if (status.len > STATUS_MAX) {
        status.len = STATUS_MAX;
    }
    return status;
}

static struct last_count counted(const cJSON *object, const char *bytes)
{
    const cJSON *items = members_get(object, "ItemCount");
    return (struct last_count){
        .told = cJSON_IsNumber(items) != 0,
        .items = members_units(items),
        .bytes = members_units(members_get(object, bytes)),
    };
}

// Appends the indexes of a list. The first one that is not ACTIVE is noted.
static bool indexes_read(struct live_table *live, const cJSON *array, bool local,
                         struct arena *arena)
{
    struct table *out = &live->table;
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        if (out->index_count == INDEX_MAX) {
            return false;
        }
        struct secondary_index *index = &out->indexes[out->index_count++];
        if (!members_index(index, element, local, arena)) {
            return false;
        }
        struct str status = status_of(members_get(element, "IndexStatus"), arena);
        index->counted = counted(element, "IndexSizeBytes");
        if (!local && !str_is(status, "ACTIVE") && live->index.len == 0) {
            live->index = index->name;
            live->index_status = status.len > 0 ? status : STR("without a status");
        }
    }
    return true;
}

// A263: a word that we do not know is "not yet"; A266: these will not become ACTIVE.
static enum table_state state_of(struct str status)
{
    static const char *const BROKEN[] = {
        "ARCHIVING",
        "ARCHIVED",
        "INACCESSIBLE_ENCRYPTION_CREDENTIALS",
        "REPLICATION_NOT_AUTHORIZED",
    };
    if (str_is(status, "ACTIVE")) {
        return TABLE_ACTIVE;
    }
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        if (str_is(status, BROKEN[i])) {
            return TABLE_BROKEN;
        }
    }
    return TABLE_PENDING;
}

// What a table does not tell of, it does not have (A155, A162).
static void table_settings_read(struct table_settings *out, const cJSON *description,
                                struct arena *arena)
{
    const cJSON *sse = members_get(description, "SSEDescription");
    const cJSON *class =
        members_get(members_get(description, "TableClassSummary"), "TableClass");
    struct str sse_status = members_text(members_get(sse, "Status"), arena);

    out->stream = members_stream(members_get(description, "StreamSpecification"));
    bool encrypted = str_is(sse_status, "ENABLED") || str_is(sse_status, "ENABLING") ||
                     str_is(sse_status, "UPDATING");
    out->sse.told = true;
    out->sse.state = encrypted ? SETTING_ENABLED : SETTING_DISABLED;
    out->sse.kms_master_key_id =
        members_text(members_get(sse, "KMSMasterKeyArn"), arena);
    out->table_class = str_is(members_text(class, arena), "STANDARD_INFREQUENT_ACCESS")
                           ? TABLE_CLASS_STANDARD_INFREQUENT_ACCESS
                           : TABLE_CLASS_STANDARD;
    out->deletion_protection =
        cJSON_IsTrue(members_get(description, "DeletionProtectionEnabled"))
            ? SETTING_ENABLED
            : SETTING_DISABLED;
}

static struct str created_of(const cJSON *number, struct arena *arena)
{
    return cJSON_IsNumber(number) ? arena_printf(arena, "%.17g", number->valuedouble)
                                  : str_from(NULL);
}

// Encryption, or the warm throughput of the table or an index, is on its way.
static bool is_settling(const cJSON *description)
{
    static const char *const MOVING[] = {"ENABLING", "DISABLING", "UPDATING"};
    const cJSON *sse =
        members_get(members_get(description, "SSEDescription"), "Status");
    const cJSON *warm =
        members_get(members_get(description, "WarmThroughput"), "Status");
    bool moving = members_word(sse, MOVING, 3) < 3 || members_word(warm, MOVING, 3) < 3;
    const cJSON *index = NULL;
    cJSON_ArrayForEach(index, members_get(description, "GlobalSecondaryIndexes"))
    {
        warm = members_get(members_get(index, "WarmThroughput"), "Status");
        moving = moving || members_word(warm, MOVING, 3) < 3;
    }
    return moving;
}

#define REPLICAS_MAX 100 // there are some thirty regions

// The names of regions, as far as they are told.
static struct str replicas_of(const cJSON *array, struct arena *arena)
{
    struct str text = STR("");
    const cJSON *replica = NULL;
    int count = 0;
    cJSON_ArrayForEach(replica, array)
    {
        struct str region = members_text(members_get(replica, "RegionName"), arena);
        if (region.len > 0 && count++ < REPLICAS_MAX) {
            text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text),
                                text.len > 0 ? ", " : "", STR_ARG(region));
        }
    }
    return text;
}

static bool table_of(struct live_table *out, const cJSON *description,
                     struct arena *arena)
{
    struct table *table = &out->table;
    const cJSON *local = members_get(description, "LocalSecondaryIndexes");
    const cJSON *global = members_get(description, "GlobalSecondaryIndexes");
    out->settling = is_settling(description);
    out->tells_protection =
        members_get(description, "DeletionProtectionEnabled") != NULL;
    table->name = members_text(members_get(description, "TableName"), arena);
    out->status = status_of(members_get(description, "TableStatus"), arena);
    out->arn = members_text(members_get(description, "TableArn"), arena);
    out->account_id = inspect_arn_account(out->arn);
    out->id = members_text(members_get(description, "TableId"), arena);
    out->created = created_of(members_get(description, "CreationDateTime"), arena);
    out->state = state_of(out->status);
    out->replicas = replicas_of(members_get(description, "Replicas"), arena);
    table->capacity = members_capacity(description);
    table->counted = counted(description, "TableSizeBytes");
    table_settings_read(&table->settings, description, arena);
    struct str mode = members_text(
        members_get(members_get(description, "BillingModeSummary"), "BillingMode"),
        arena);
    table->billing_mode = // absent: never set, so the default (A120)
        str_is(mode, "PAY_PER_REQUEST") ? BILLING_PAY_PER_REQUEST : BILLING_PROVISIONED;
    table->indexes = arena_array(arena, members_count(local) + members_count(global),
                                 sizeof *table->indexes);
    if (table->name.len == 0 || out->status.len == 0 ||
        !members_attributes(table, members_get(description, "AttributeDefinitions"),
                            arena) ||
        !members_key(&table->key, members_get(description, "KeySchema"), arena) ||
        !indexes_read(out, local, true, arena) ||
        !indexes_read(out, global, false, arena) || !members_are_distinct(table)) {
        return false;
    }
    bool fit = out->state == TABLE_ACTIVE || str_is(out->status, "UPDATING");
    if (!fit) { // then it is the table that is waited for
        out->index = str_from(NULL);
    } else if (out->index.len > 0) { // A262
        out->state = TABLE_PENDING;
    }
    return true;
}

bool inspect_table(struct live_table *out, struct str body, struct arena *arena)
{
    *out = (struct live_table){0};
    cJSON *root = members_parse(body);
    bool fine = table_of(out, members_get(root, "Table"), arena);
    cJSON_Delete(root);
    return fine;
}

// A199, and the same words of other settings. UNSAID: none that we know.
static enum setting switch_of(const cJSON *status)
{
    static const char *const WORDS[] = {"ENABLING",  "ENABLED",  "UPDATING",
                                        "DISABLING", "DISABLED", "FAILED"};
    switch (members_word(status, WORDS, 6)) {
    case 0:
    case 1:
    case 2:
        return SETTING_ENABLED;
    case 3:
        return SETTING_DISABLING;
    case 4:
    case 5:
        return SETTING_DISABLED;
    default:
        return SETTING_UNSAID;
    }
}

bool inspect_time_to_live(struct time_to_live *out, struct str body,
                          struct arena *arena)
{
    cJSON *root = members_parse(body);
    const cJSON *description = members_get(root, "TimeToLiveDescription");
    *out = (struct time_to_live){
        .state = switch_of(members_get(description, "TimeToLiveStatus")),
        .attribute_name =
            members_text(members_get(description, "AttributeName"), arena),
    };
    cJSON_Delete(root);
    return out->state != SETTING_UNSAID;
}

bool inspect_recovery(struct point_in_time_recovery *out, struct str body)
{
    cJSON *root = members_parse(body);
    const cJSON *description =
        members_get(members_get(root, "ContinuousBackupsDescription"),
                    "PointInTimeRecoveryDescription");
    *out = (struct point_in_time_recovery){
        .state = switch_of(members_get(description, "PointInTimeRecoveryStatus")),
        .recovery_period_in_days =
            members_units(members_get(description, "RecoveryPeriodInDays")),
    };
    if (description == NULL &&
        members_get(root, "ContinuousBackupsDescription") != NULL) {
        out->state = SETTING_DISABLED;
    }
    cJSON_Delete(root);
    return out->state != SETTING_UNSAID;
}

bool inspect_tags(struct table_settings *out, struct str *next, struct str body,
                  struct arena *arena)
{
    cJSON *root = members_parse(body);
    const cJSON *tags = members_get(root, "Tags");
    bool fine = cJSON_IsArray(tags) && members_count(tags) <= TAGS_MAX - out->tag_count;
    if (fine) {
        members_tags(out, tags, arena);
    }
    *next = members_text(members_get(root, "NextToken"), arena);
    cJSON_Delete(root);
    return fine;
}

bool inspect_policy(struct str *out, struct str body, struct arena *arena)
{
    cJSON *root = members_parse(body);
    *out = members_text(members_get(root, "Policy"), arena);
    cJSON_Delete(root);
    return out->len > 0;
}

bool inspect_insights(struct contributor_insights *out, struct str body)
{
    cJSON *root = members_parse(body);
    *out = (struct contributor_insights){
        .state = switch_of(members_get(root, "ContributorInsightsStatus")),
        .mode = members_insights_mode(members_get(root, "ContributorInsightsMode")),
    };
    cJSON_Delete(root);
    return out->state != SETTING_UNSAID;
}

struct str inspect_created_arn(struct str body, struct arena *arena)
{
    cJSON *root = members_parse(body);
    struct str arn = members_text(
        members_get(members_get(root, "TableDescription"), "TableArn"), arena);
    cJSON_Delete(root);
    return arn;
}

struct str inspect_key_arn(struct str body, struct arena *arena)
{
    cJSON *root = members_parse(body);
    struct str arn =
        members_text(members_get(members_get(root, "KeyMetadata"), "Arn"), arena);
    cJSON_Delete(root);
    return arn;
}

struct str inspect_arn_account(struct str arn)
{
    for (int colons = 0; colons < 4; colons++) {
        size_t at = str_find_char(arn, ':');
        if (at == arn.len) {
            return str_from(NULL);
        }
        arn = str_skip(arn, at + 1);
    }
    size_t end = str_find_char(arn, ':');
    return end < arn.len ? (struct str){arn.at, end} : str_from(NULL);
}

// What may be a table's name (A001); anything else would reach the terminal.
static bool is_table_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!(ascii_is_alnum(c) || c == '_' || c == '.' || c == '-')) {
            return false;
        }
    }
    return name.len >= 3 && name.len <= 255;
}

bool inspect_table_names(struct str **names, size_t *count, struct str *last,
                         struct str body, struct arena *arena)
{
    cJSON *root = members_parse(body);
    const cJSON *array = members_get(root, "TableNames");
    bool fine = cJSON_IsArray(array) != 0;
    *count = 0;
    *names = arena_array(arena, members_count(array), sizeof **names);
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        (*names)[*count] = members_text(element, arena);
        fine = fine && is_table_name((*names)[*count]);
        (*count)++;
    }
    *last = members_text(members_get(root, "LastEvaluatedTableName"), arena);
    cJSON_Delete(root);
    return fine && (last->len == 0 || is_table_name(*last));
}
