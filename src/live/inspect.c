// Answers about tables, as typed structs. The door to cJSON. Enters: a body that the
// client found to be well-formed JSON (or, in tests, anything). Leaves: the very struct
// table that a definition gives, so that both can be compared.
//
// cJSON cuts strings at \u0000, which no name or status of the service holds, and gives
// numbers as doubles, which hold every capacity (up to 2^53). Names are compared
// exactly.
#include "inspect.h"

#include <cjson/cJSON.h>

#include <string.h>

#define STATUS_MAX 64 // the service's words are shorter; a hostile server's may not be
#define CAPACITY_MAX 9007199254740992.0 // 2^53
#define TAGS_MAX 1000                   // a table has some 50 (A164); pages must end

static const cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static struct str text_of(const cJSON *value, struct arena *arena)
{
    return cJSON_IsString(value) ? arena_str(arena, str_from(value->valuestring))
                                 : str_from(NULL);
}

static struct str status_of(const cJSON *value, struct arena *arena)
{
    struct str status = text_of(value, arena);
    if (status.len > STATUS_MAX) {
        status.len = STATUS_MAX;
    }
    return status;
}

static size_t length_of(const cJSON *array)
{
    size_t count = 0;
    if (cJSON_IsArray(array)) {
        const cJSON *element = NULL;
        cJSON_ArrayForEach(element, array)
        {
            count++;
        }
    }
    return count;
}

static bool key_read(struct key_schema *out, const cJSON *array, struct arena *arena)
{
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        struct key_part part = {.name = text_of(get(element, "AttributeName"), arena)};
        struct str type = text_of(get(element, "KeyType"), arena);
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

static bool attributes_read(struct table *out, const cJSON *array, struct arena *arena)
{
    out->attributes = arena_array(arena, length_of(array), sizeof *out->attributes);
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        struct attribute_definition *attribute =
            &out->attributes[out->attribute_count++];
        struct str type = text_of(get(element, "AttributeType"), arena);
        attribute->name = text_of(get(element, "AttributeName"), arena);
        if (attribute->name.len == 0 || type.len != 1) {
            return false;
        }
        attribute->type = type.at[0];
    }
    return true;
}

static int64_t capacity_of(const cJSON *number)
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
        .read_units = capacity_of(get(object, read)),
        .write_units = capacity_of(get(object, write)),
    };
    out.set = out.read_units > 0 || out.write_units > 0;
    return out;
}

// Of a table or a global index.
static struct capacity table_capacity_read(const cJSON *description)
{
    return (struct capacity){
        .provisioned = throughput_read(get(description, "ProvisionedThroughput"),
                                       "ReadCapacityUnits", "WriteCapacityUnits"),
        .on_demand = throughput_read(get(description, "OnDemandThroughput"),
                                     "MaxReadRequestUnits", "MaxWriteRequestUnits"),
        .warm = throughput_read(get(description, "WarmThroughput"),
                                "ReadUnitsPerSecond", "WriteUnitsPerSecond"),
    };
}

static bool projection_read(struct projection *out, const cJSON *object,
                            struct arena *arena)
{
    struct str type = text_of(get(object, "ProjectionType"), arena);
    const cJSON *names = get(object, "NonKeyAttributes");
    if (str_is(type, "ALL")) {
        out->type = PROJECTION_ALL;
    } else if (str_is(type, "KEYS_ONLY")) {
        out->type = PROJECTION_KEYS_ONLY;
    } else if (str_is(type, "INCLUDE")) {
        out->type = PROJECTION_INCLUDE;
    } else {
        return false;
    }
    out->names = arena_array(arena, length_of(names), sizeof *out->names);
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, names)
    {
        out->names[out->count++].name = text_of(name, arena);
    }
    return true;
}

// Appends the indexes of a list. *waiting_for becomes the status of one that is not
// ACTIVE.
static bool indexes_read(struct table *out, const cJSON *array, bool local,
                         struct str *waiting_for, struct arena *arena)
{
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        struct secondary_index *index = &out->indexes[out->index_count++];
        index->name = text_of(get(element, "IndexName"), arena);
        index->local = local;
        index->capacity = table_capacity_read(element);
        if (index->name.len == 0 ||
            !key_read(&index->key, get(element, "KeySchema"), arena) ||
            !projection_read(&index->projection, get(element, "Projection"), arena)) {
            return false;
        }
        struct str status = status_of(get(element, "IndexStatus"), arena);
        if (!local && !str_is(status, "ACTIVE") && waiting_for->len == 0) {
            *waiting_for = status.len > 0 ? status : STR("without a status");
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

// The position of value's text in names, or count when it is none of them.
static size_t word_of(const cJSON *value, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (cJSON_IsString(value) && strcmp(value->valuestring, names[i]) == 0) {
            return i;
        }
    }
    return count;
}

// What a table does not tell of, it does not have (A155, A162).
static void table_settings_read(struct table_settings *out, const cJSON *description,
                                struct arena *arena)
{
    static const char *const VIEWS[] = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                        "NEW_AND_OLD_IMAGES"};
    const cJSON *stream = get(description, "StreamSpecification");
    const cJSON *sse = get(description, "SSEDescription");
    const cJSON *class = get(get(description, "TableClassSummary"), "TableClass");
    size_t view = word_of(get(stream, "StreamViewType"), VIEWS, 4);
    struct str sse_status = text_of(get(sse, "Status"), arena);

    out->stream.state = SETTING_DISABLED;
    if (cJSON_IsTrue(get(stream, "StreamEnabled")) && view < 4) {
        out->stream.state = SETTING_ENABLED;
        out->stream.view_type = (enum stream_view_type)view;
    }
    bool encrypted = str_is(sse_status, "ENABLED") || str_is(sse_status, "ENABLING") ||
                     str_is(sse_status, "UPDATING");
    out->sse.state = encrypted ? SETTING_ENABLED : SETTING_DISABLED;
    out->sse.kms_master_key_id = text_of(get(sse, "KMSMasterKeyArn"), arena);
    out->table_class = str_is(text_of(class, arena), "STANDARD_INFREQUENT_ACCESS")
                           ? TABLE_CLASS_STANDARD_INFREQUENT_ACCESS
                           : TABLE_CLASS_STANDARD;
    out->deletion_protection =
        cJSON_IsTrue(get(description, "DeletionProtectionEnabled")) ? SETTING_ENABLED
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
    const cJSON *sse = get(get(description, "SSEDescription"), "Status");
    const cJSON *warm = get(get(description, "WarmThroughput"), "Status");
    bool moving = word_of(sse, MOVING, 3) < 3 || word_of(warm, MOVING, 3) < 3;
    const cJSON *index = NULL;
    cJSON_ArrayForEach(index, get(description, "GlobalSecondaryIndexes"))
    {
        warm = get(get(index, "WarmThroughput"), "Status");
        moving = moving || word_of(warm, MOVING, 3) < 3;
    }
    return moving;
}

static bool table_of(struct live_table *out, const cJSON *description,
                     struct arena *arena)
{
    struct table *table = &out->table;
    const cJSON *local = get(description, "LocalSecondaryIndexes");
    const cJSON *global = get(description, "GlobalSecondaryIndexes");
    struct str waiting_for = {0};

    out->settling = is_settling(description);
    table->name = text_of(get(description, "TableName"), arena);
    out->status = status_of(get(description, "TableStatus"), arena);
    out->arn = text_of(get(description, "TableArn"), arena);
    out->account_id = inspect_arn_account(out->arn);
    out->id = text_of(get(description, "TableId"), arena);
    out->created = created_of(get(description, "CreationDateTime"), arena);
    out->state = state_of(out->status);
    table->capacity = table_capacity_read(description);
    table_settings_read(&table->settings, description, arena);
    struct str mode =
        text_of(get(get(description, "BillingModeSummary"), "BillingMode"), arena);
    table->billing_mode = // absent: never set, so the default (A120)
        str_is(mode, "PAY_PER_REQUEST") ? BILLING_PAY_PER_REQUEST : BILLING_PROVISIONED;
    table->indexes = arena_array(arena, length_of(local) + length_of(global),
                                 sizeof *table->indexes);
    if (table->name.len == 0 || out->status.len == 0 ||
        !attributes_read(table, get(description, "AttributeDefinitions"), arena) ||
        !key_read(&table->key, get(description, "KeySchema"), arena) ||
        !indexes_read(table, local, true, &waiting_for, arena) ||
        !indexes_read(table, global, false, &waiting_for, arena)) {
        return false;
    }
    if (out->state == TABLE_ACTIVE && waiting_for.len > 0) { // A262
        out->state = TABLE_PENDING;
        out->status = waiting_for;
    }
    return true;
}

bool inspect_table(struct live_table *out, struct str body, struct arena *arena)
{
    *out = (struct live_table){0};
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    bool fine = table_of(out, get(root, "Table"), arena);
    cJSON_Delete(root);
    return fine;
}

// A199, and the same words of other settings. UNSAID: none that we know.
static enum setting switch_of(const cJSON *status)
{
    static const char *const WORDS[] = {"ENABLING",  "ENABLED",  "UPDATING",
                                        "DISABLING", "DISABLED", "FAILED"};
    switch (word_of(status, WORDS, 6)) {
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
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    const cJSON *description = get(root, "TimeToLiveDescription");
    *out = (struct time_to_live){
        .state = switch_of(get(description, "TimeToLiveStatus")),
        .attribute_name = text_of(get(description, "AttributeName"), arena),
    };
    cJSON_Delete(root);
    return out->state != SETTING_UNSAID;
}

bool inspect_recovery(struct point_in_time_recovery *out, struct str body)
{
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    const cJSON *description = get(get(root, "ContinuousBackupsDescription"),
                                   "PointInTimeRecoveryDescription");
    *out = (struct point_in_time_recovery){
        .state = switch_of(get(description, "PointInTimeRecoveryStatus")),
        .recovery_period_in_days =
            capacity_of(get(description, "RecoveryPeriodInDays")),
    };
    if (description == NULL && get(root, "ContinuousBackupsDescription") != NULL) {
        out->state = SETTING_DISABLED;
    }
    cJSON_Delete(root);
    return out->state != SETTING_UNSAID;
}

bool inspect_tags(struct table_settings *out, struct str *next, struct str body,
                  struct arena *arena)
{
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    const cJSON *tags = get(root, "Tags");
    size_t count = length_of(tags);
    size_t cap = out->tag_count;
    bool fine = cJSON_IsArray(tags) && count <= TAGS_MAX - out->tag_count;
    if (fine) {
        out->tags = arena_grow(arena, out->tags, out->tag_count, out->tag_count + count,
                               &cap, sizeof *out->tags);
        const cJSON *tag = NULL;
        cJSON_ArrayForEach(tag, tags)
        {
            out->tags[out->tag_count++] =
                (struct tag){.key = text_of(get(tag, "Key"), arena),
                             .value = text_of(get(tag, "Value"), arena)};
        }
    }
    *next = text_of(get(root, "NextToken"), arena);
    cJSON_Delete(root);
    return fine;
}

bool inspect_policy(struct str *out, struct str body, struct arena *arena)
{
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    *out = text_of(get(root, "Policy"), arena);
    cJSON_Delete(root);
    return out->len > 0;
}

bool inspect_insights(struct contributor_insights *out, struct str body)
{
    static const char *const MODES[] = {"ACCESSED_AND_THROTTLED_KEYS",
                                        "THROTTLED_KEYS"};
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    size_t mode = word_of(get(root, "ContributorInsightsMode"), MODES, 2);
    *out = (struct contributor_insights){
        .state = switch_of(get(root, "ContributorInsightsStatus")),
        .mode = mode < 2 ? (enum insights_mode)(mode + 1) : INSIGHTS_UNSAID,
    };
    cJSON_Delete(root);
    return out->state != SETTING_UNSAID;
}

struct str inspect_created_arn(struct str body, struct arena *arena)
{
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    struct str arn = text_of(get(get(root, "TableDescription"), "TableArn"), arena);
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
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-')) {
            return false;
        }
    }
    return name.len >= 3 && name.len <= 255;
}

bool inspect_table_names(struct str **names, size_t *count, struct str *last,
                         struct str body, struct arena *arena)
{
    cJSON *root = cJSON_ParseWithLength(body.at, body.len);
    const cJSON *array = get(root, "TableNames");
    bool fine = cJSON_IsArray(array) != 0;
    *count = 0;
    *names = arena_array(arena, length_of(array), sizeof **names);
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, array)
    {
        (*names)[*count] = text_of(element, arena);
        fine = fine && is_table_name((*names)[*count]);
        (*count)++;
    }
    *last = text_of(get(root, "LastEvaluatedTableName"), arena);
    cJSON_Delete(root);
    return fine && (last->len == 0 || is_table_name(*last));
}
