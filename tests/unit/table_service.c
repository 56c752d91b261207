// The model behind table_service.h. Rules are named by their ids in refusals.
#include "table_service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text(const cJSON *object, const char *name)
{
    const cJSON *value = get(object, name);
    return cJSON_IsString(value) ? value->valuestring : "";
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *value = get(object, name);
    return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static void set(cJSON *object, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddItemToObject(object, name, value);
}

static void set_number(cJSON *object, const char *name, double value)
{
    set(object, name, cJSON_CreateNumber(value));
}

static void copy(cJSON *to, const cJSON *from, const char *name)
{
    if (get(from, name) != NULL) {
        set(to, name, cJSON_Duplicate(get(from, name), true));
    }
}

static char *kept(const char *value)
{
    size_t size = strlen(value) + 1;
    return memcpy(malloc(size), value, size);
}

static void reverse(cJSON *array)
{
    for (int i = 1; i < cJSON_GetArraySize(array); i++) {
        cJSON_InsertItemInArray(array, 0, cJSON_DetachItemFromArray(array, i));
    }
}

static cJSON *find_named(const cJSON *array, const char *member, const char *name)
{
    cJSON *each = NULL;
    cJSON_ArrayForEach(each, array)
    {
        if (strcmp(text(each, member), name) == 0) {
            return each;
        }
    }
    return NULL;
}

static cJSON *globals(const struct service *service)
{
    return get(service->table, "GlobalSecondaryIndexes");
}

static bool on_demand(const struct service *service)
{
    return strcmp(text(get(service->table, "BillingModeSummary"), "BillingMode"),
                  "PAY_PER_REQUEST") == 0;
}

void service_deinit(struct service *service)
{
    cJSON_Delete(service->table);
    cJSON_Delete(service->tags);
    cJSON_Delete(service->insights);
    free(service->policy);
    free(service->ttl);
}

// ---- capacity

static void floor_at(cJSON *object, const char *name, double floor)
{
    if (number(object, name) < floor) {
        set_number(object, name, floor);
    }
}

// Warm throughput is at least what the mode and the units make it (A134, A135).
static void warm_up(cJSON *owner, bool pay_per_request)
{
    const cJSON *units = get(owner, "ProvisionedThroughput");
    if (get(owner, "WarmThroughput") == NULL) {
        set(owner, "WarmThroughput", cJSON_CreateObject());
    }
    cJSON *warm = get(owner, "WarmThroughput");
    floor_at(warm, "ReadUnitsPerSecond",
             pay_per_request ? 12000 : number(units, "ReadCapacityUnits"));
    floor_at(warm, "WriteUnitsPerSecond",
             pay_per_request ? 4000 : number(units, "WriteCapacityUnits"));
    if (get(warm, "Status") == NULL) {
        set(warm, "Status", cJSON_CreateString("ACTIVE"));
    }
}

static void no_units(cJSON *owner)
{
    set(owner, "ProvisionedThroughput", cJSON_CreateObject());
    set_number(get(owner, "ProvisionedThroughput"), "ReadCapacityUnits", 0);
    set_number(get(owner, "ProvisionedThroughput"), "WriteCapacityUnits", 0);
}

static const char *check_ceilings(const cJSON *ceilings, bool update)
{
    const cJSON *each = NULL;
    if (cJSON_GetArraySize(ceilings) == 0) {
        return "A131: no ceilings";
    }
    cJSON_ArrayForEach(each, ceilings)
    {
        bool legal = each->valuedouble >= 1 || (update && each->valuedouble == -1);
        if (!legal) {
            return "A128: a ceiling";
        }
    }
    return NULL;
}

// Capacity as given for a new table or index.
static const char *new_capacity(cJSON *owner, const cJSON *given, bool pay_per_request)
{
    const cJSON *units = get(given, "ProvisionedThroughput");
    const cJSON *ceilings = get(given, "OnDemandThroughput");
    const cJSON *warm = get(given, "WarmThroughput");
    if (pay_per_request == (units != NULL)) {
        return "A082, A083, A121, A122: units and the billing mode";
    }
    if (ceilings != NULL && (!pay_per_request || check_ceilings(ceilings, false))) {
        return "A130: ceilings";
    }
    if (warm != NULL && cJSON_GetArraySize(warm) == 0) {
        return "A133: no warm throughput";
    }
    if (pay_per_request) {
        no_units(owner);
    } else {
        copy(owner, given, "ProvisionedThroughput");
    }
    copy(owner, given, "OnDemandThroughput");
    copy(owner, given, "WarmThroughput");
    if (get(owner, "OnDemandThroughput") != NULL) { // what is not given is told as -1
        cJSON *told = get(owner, "OnDemandThroughput");
        if (get(told, "MaxReadRequestUnits") == NULL) {
            set_number(told, "MaxReadRequestUnits", -1);
        }
        if (get(told, "MaxWriteRequestUnits") == NULL) {
            set_number(told, "MaxWriteRequestUnits", -1);
        }
    }
    warm_up(owner, pay_per_request);
    return NULL;
}

static bool same_units(const cJSON *a, const cJSON *b)
{
    return number(a, "ReadCapacityUnits") == number(b, "ReadCapacityUnits") &&
           number(a, "WriteCapacityUnits") == number(b, "WriteCapacityUnits");
}

static const char *grow_warm(cJSON *owner, const cJSON *wanted)
{
    cJSON *warm = get(owner, "WarmThroughput");
    const cJSON *each = NULL;
    bool grew = false;
    cJSON_ArrayForEach(each, wanted)
    {
        if (each->valuedouble < number(warm, each->string)) {
            return "A136: warm throughput was lowered";
        }
        grew = grew || each->valuedouble > number(warm, each->string);
    }
    if (!grew) {
        return "A220, A133: warm throughput does not change";
    }
    cJSON_ArrayForEach(each, wanted)
    {
        set_number(warm, each->string, each->valuedouble);
    }
    set(warm, "Status", cJSON_CreateString("UPDATING"));
    return NULL;
}

static const char *merge_ceilings(cJSON *owner, const cJSON *wanted)
{
    const char *refusal = check_ceilings(wanted, true);
    if (refusal != NULL) {
        return refusal;
    }
    if (get(owner, "OnDemandThroughput") == NULL) {
        set(owner, "OnDemandThroughput", cJSON_CreateObject());
    }
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, wanted)
    {
        set_number(get(owner, "OnDemandThroughput"), each->string, each->valuedouble);
    }
    return NULL;
}

// What an update says of the table's capacity, or of an index's.
static const char *update_capacity(struct service *service, cJSON *owner,
                                   const cJSON *wanted, bool mode_changes)
{
    const cJSON *units = get(wanted, "ProvisionedThroughput");
    const cJSON *ceilings = get(wanted, "OnDemandThroughput");
    const cJSON *warm = get(wanted, "WarmThroughput");
    if ((units != NULL) + (ceilings != NULL) + (warm != NULL) > 1) {
        return "A246: several kinds of capacity in one call";
    }
    if (units != NULL) {
        if (on_demand(service)) {
            return "A239: units of an on-demand table";
        }
        if (!mode_changes && same_units(units, get(owner, "ProvisionedThroughput"))) {
            return "A237: units do not change";
        }
        copy(owner, wanted, "ProvisionedThroughput");
        warm_up(owner, false);
    }
    if (ceilings != NULL) {
        return on_demand(service) ? merge_ceilings(owner, ceilings)
                                  : "A130: ceilings of a provisioned table";
    }
    return warm != NULL ? grow_warm(owner, warm) : NULL;
}

// ---- indexes

static const char *check_definitions(const struct service *service, const cJSON *given,
                                     const cJSON *key)
{
    const cJSON *part = NULL;
    cJSON_ArrayForEach(part, key)
    {
        const char *name = text(part, "AttributeName");
        const cJSON *wanted = find_named(given, "AttributeName", name);
        const cJSON *there = find_named(get(service->table, "AttributeDefinitions"),
                                        "AttributeName", name);
        if (wanted == NULL) {
            return "A231: an attribute is not defined";
        }
        if (there != NULL &&
            strcmp(text(there, "AttributeType"), text(wanted, "AttributeType")) != 0) {
            return "A233: an attribute has another type";
        }
    }
    return NULL;
}

static bool keys(const cJSON *owner, const char *name)
{
    return find_named(get(owner, "KeySchema"), "AttributeName", name) != NULL;
}

// A232: the service drops what nothing uses; other servers refuse it, as at
// CreateTable.
static const char *check_used(const struct service *service, const cJSON *given,
                              const cJSON *created)
{
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, given)
    {
        const char *name = text(each, "AttributeName");
        if (!keys(created, name) &&
            find_named(get(service->table, "AttributeDefinitions"), "AttributeName",
                       name) == NULL) {
            return "A026: a definition that nothing uses";
        }
    }
    return NULL;
}

static void define(struct service *service, const cJSON *given, const cJSON *key)
{
    cJSON *definitions = get(service->table, "AttributeDefinitions");
    const cJSON *part = NULL;
    cJSON_ArrayForEach(part, key)
    {
        const char *name = text(part, "AttributeName");
        if (find_named(definitions, "AttributeName", name) == NULL) {
            cJSON_AddItemToArray(
                definitions,
                cJSON_Duplicate(find_named(given, "AttributeName", name), true));
        }
    }
}

static const char *add_index(struct service *service, const cJSON *given,
                             const char *status)
{
    cJSON *index = cJSON_CreateObject();
    copy(index, given, "IndexName");
    copy(index, given, "KeySchema");
    copy(index, given, "Projection");
    reverse(get(get(index, "Projection"), "NonKeyAttributes"));
    set(index, "IndexStatus", cJSON_CreateString(status));
    set_number(index, "Number", ++service->indexes_made);
    if (globals(service) == NULL) {
        set(service->table, "GlobalSecondaryIndexes", cJSON_CreateArray());
    }
    cJSON_AddItemToArray(globals(service), index);
    return new_capacity(index, given, on_demand(service));
}

static const char *update_index(struct service *service, const cJSON *request,
                                const cJSON *update, bool mode_changes)
{
    const cJSON *create = get(update, "Create");
    const cJSON *remove = get(update, "Delete");
    const cJSON *change = get(update, "Update");
    const cJSON *given = create ? create : remove ? remove : change;
    const char *name = text(given, "IndexName");
    cJSON *index = find_named(globals(service), "IndexName", name);
    cJSON *local =
        find_named(get(service->table, "LocalSecondaryIndexes"), "IndexName", name);
    if ((create != NULL) + (remove != NULL) + (change != NULL) != 1) {
        return "A227: one entry does one thing";
    }
    if (create != NULL) {
        if (index != NULL || local != NULL) {
            return "A230: the index is there";
        }
        const cJSON *definitions = get(request, "AttributeDefinitions");
        const char *refusal =
            check_definitions(service, definitions, get(create, "KeySchema"));
        refusal = refusal ? refusal : check_used(service, definitions, create);
        if (refusal == NULL) {
            define(service, definitions, get(create, "KeySchema"));
            refusal = add_index(service, create, "CREATING");
        }
        return refusal;
    }
    if (index == NULL) {
        return local ? "A236: a local index" : "A235, A241: there is no such index";
    }
    if (change != NULL) {
        return update_capacity(service, index, change, mode_changes);
    }
    set(index, "IndexStatus", cJSON_CreateString("DELETING"));
    cJSON_DeleteItemFromObjectCaseSensitive(service->insights, name);
    return NULL;
}

// A234.
static void prune_definitions(struct service *service)
{
    cJSON *definitions = get(service->table, "AttributeDefinitions");
    for (int i = cJSON_GetArraySize(definitions) - 1; i >= 0; i--) {
        const char *name = text(cJSON_GetArrayItem(definitions, i), "AttributeName");
        bool used = keys(service->table, name);
        const cJSON *index = NULL;
        cJSON_ArrayForEach(index, globals(service))
        {
            used = used || keys(index, name);
        }
        cJSON_ArrayForEach(index, get(service->table, "LocalSecondaryIndexes"))
        {
            used = used || keys(index, name);
        }
        if (!used) {
            cJSON_DeleteItemFromArray(definitions, i);
        }
    }
}

static void settle_warm(cJSON *owner)
{
    if (get(owner, "WarmThroughput") != NULL) {
        set(get(owner, "WarmThroughput"), "Status", cJSON_CreateString("ACTIVE"));
    }
}

void service_settle(struct service *service)
{
    cJSON *indexes = globals(service);
    for (int i = cJSON_GetArraySize(indexes) - 1; i >= 0; i--) {
        cJSON *index = cJSON_GetArrayItem(indexes, i);
        if (strcmp(text(index, "IndexStatus"), "DELETING") == 0) {
            cJSON_DeleteItemFromArray(indexes, i);
        } else {
            set(index, "IndexStatus", cJSON_CreateString("ACTIVE"));
            settle_warm(index);
        }
    }
    settle_warm(service->table);
    set(service->table, "TableStatus", cJSON_CreateString("ACTIVE"));
    prune_definitions(service);
}

void service_wait_an_hour(struct service *service)
{
    service->ttl_moving = false;
}

// ---- UpdateTable

// A238: becoming PROVISIONED names all units; leaving on-demand clears its ceilings
// (A132), leaving PROVISIONED the units.
static const char *change_mode(struct service *service, const cJSON *request)
{
    const char *mode = text(request, "BillingMode");
    bool pay = strcmp(mode, "PAY_PER_REQUEST") == 0;
    if (pay == on_demand(service)) {
        return "A220: the mode does not change";
    }
    cJSON *index = NULL;
    int named = 0;
    cJSON_ArrayForEach(index, get(request, "GlobalSecondaryIndexUpdates"))
    {
        named += get(get(index, "Update"), "ProvisionedThroughput") != NULL;
    }
    if (!pay && (get(request, "ProvisionedThroughput") == NULL ||
                 named != cJSON_GetArraySize(globals(service)))) {
        return "A238: units are missing";
    }
    cJSON_DeleteItemFromObjectCaseSensitive(service->table, "BillingModeSummary");
    if (pay) {
        set(service->table, "BillingModeSummary", cJSON_CreateObject());
        set(get(service->table, "BillingModeSummary"), "BillingMode",
            cJSON_CreateString(mode));
        no_units(service->table);
        warm_up(service->table, true);
    } else {
        cJSON_DeleteItemFromObjectCaseSensitive(service->table, "OnDemandThroughput");
    }
    cJSON_ArrayForEach(index, globals(service))
    {
        if (pay) {
            no_units(index);
            warm_up(index, true);
        } else {
            cJSON_DeleteItemFromObjectCaseSensitive(index, "OnDemandThroughput");
        }
    }
    return NULL;
}

static const char *change_stream(struct service *service, const cJSON *stream)
{
    bool on = cJSON_IsTrue(get(stream, "StreamEnabled"));
    bool was_on = get(service->table, "StreamSpecification") != NULL;
    if (on == was_on) {
        return "A153: the stream is enabled or disabled already";
    }
    if (on != (get(stream, "StreamViewType") != NULL)) {
        return "A151, A152: the view type";
    }
    cJSON_DeleteItemFromObjectCaseSensitive(service->table, "StreamSpecification");
    if (on) {
        set(service->table, "StreamSpecification", cJSON_Duplicate(stream, true));
    }
    return NULL;
}

static void set_sse(struct service *service, const cJSON *given)
{
    cJSON_DeleteItemFromObjectCaseSensitive(service->table, "SSEDescription");
    if (!cJSON_IsTrue(get(given, "Enabled"))) {
        return;
    }
    const char *key = text(given, "KMSMasterKeyId");
    bool alias = *key == '\0' || strncmp(key, "alias/", 6) == 0;
    char arn[256];
    (void)snprintf(arn, sizeof arn, "arn:aws:kms:us-east-1:123456789012:key/%s",
                   alias ? "00000000-0000-4000-8000-00000000000a" : key);
    cJSON *sse = cJSON_CreateObject();
    set(sse, "Status", cJSON_CreateString("ENABLED"));
    set(sse, "SSEType", cJSON_CreateString("KMS"));
    set(sse, "KMSMasterKeyArn",
        cJSON_CreateString(strncmp(key, "arn:", 4) == 0 ? key : arn));
    set(service->table, "SSEDescription", sse);
}

// A246, A225, A226, A228.
static const char *check_purpose(const cJSON *request)
{
    static const char *const ALONE[] = {"StreamSpecification", "SSESpecification",
                                        "TableClass", "DeletionProtectionEnabled"};
    static const char *const CAPACITY[] = {"BillingMode", "ProvisionedThroughput",
                                           "OnDemandThroughput", "WarmThroughput"};
    const cJSON *updates = get(request, "GlobalSecondaryIndexUpdates");
    int purposes = 0;
    bool capacity = false;
    for (size_t i = 0; i < 4; i++) {
        purposes += get(request, ALONE[i]) != NULL;
        capacity = capacity || get(request, CAPACITY[i]) != NULL;
    }
    const cJSON *update = NULL;
    cJSON_ArrayForEach(update, updates)
    {
        bool changed = get(update, "Update") != NULL;
        purposes += !changed;
        capacity = capacity || changed;
        const cJSON *other = update->next;
        for (; changed && other != NULL; other = other->next) {
            if (strcmp(text(get(update, "Update"), "IndexName"),
                       text(get(other, "Update"), "IndexName")) == 0) {
                return "A229: an index is named twice";
            }
        }
    }
    purposes += capacity;
    return purposes == 1 ? NULL : "A220, A225, A246: not one purpose";
}

static const char *update_words(struct service *service, const cJSON *request)
{
    cJSON *table = service->table;
    const char *class = text(request, "TableClass");
    if (*class != '\0') {
        const char *was = text(get(table, "TableClassSummary"), "TableClass");
        if (strcmp(class, *was == '\0' ? "STANDARD" : was) == 0) {
            return "A220: the class does not change";
        }
        set(table, "TableClassSummary", cJSON_CreateObject());
        set(get(table, "TableClassSummary"), "TableClass", cJSON_CreateString(class));
    }
    const cJSON *protection = get(request, "DeletionProtectionEnabled");
    if (protection != NULL) {
        if (cJSON_IsTrue(protection) ==
            cJSON_IsTrue(get(table, "DeletionProtectionEnabled"))) {
            return "A220: protection does not change";
        }
        copy(table, request, "DeletionProtectionEnabled");
    }
    if (get(request, "SSESpecification") != NULL) {
        set_sse(service, get(request, "SSESpecification"));
    }
    const cJSON *stream = get(request, "StreamSpecification");
    return stream != NULL ? change_stream(service, stream) : NULL;
}

static const char *update_table(struct service *service, const cJSON *request)
{
    if (strcmp(text(service->table, "TableStatus"), "ACTIVE") != 0 ||
        strcmp(text(get(service->table, "WarmThroughput"), "Status"), "ACTIVE") != 0) {
        return "A240: the table is busy";
    }
    const char *refusal = check_purpose(request);
    bool mode_changes = get(request, "BillingMode") != NULL;
    if (refusal == NULL && mode_changes) {
        refusal = change_mode(service, request);
    }
    if (refusal == NULL) {
        refusal = update_capacity(service, service->table, request, mode_changes);
    }
    const cJSON *update = NULL;
    cJSON_ArrayForEach(update, get(request, "GlobalSecondaryIndexUpdates"))
    {
        if (refusal == NULL) {
            refusal = update_index(service, request, update, mode_changes);
        }
    }
    if (refusal == NULL) {
        refusal = update_words(service, request);
    }
    set(service->table, "TableStatus", cJSON_CreateString("UPDATING"));
    return refusal;
}

// ---- CreateTable, and operations beside UpdateTable

static const char *create_table(struct service *service, const cJSON *request)
{
    cJSON *table = service->table = cJSON_CreateObject();
    service->tags = cJSON_CreateObject();
    service->insights = cJSON_CreateObject();
    set(table, "TableStatus", cJSON_CreateString("CREATING"));
    set(table, "TableArn", cJSON_CreateString(SERVICE_ARN));
    copy(table, request, "TableName");
    copy(table, request, "KeySchema");
    copy(table, request, "AttributeDefinitions");
    reverse(get(table, "AttributeDefinitions"));
    copy(table, request, "LocalSecondaryIndexes");
    copy(table, request, "StreamSpecification");
    copy(table, request, "DeletionProtectionEnabled");
    set_sse(service, get(request, "SSESpecification"));
    if (get(request, "TableClass") != NULL) { // A162
        set(table, "TableClassSummary", cJSON_CreateObject());
        copy(get(table, "TableClassSummary"), request, "TableClass");
    }
    bool pay = strcmp(text(request, "BillingMode"), "PAY_PER_REQUEST") == 0;
    if (pay) {
        set(table, "BillingModeSummary", cJSON_CreateObject());
        copy(get(table, "BillingModeSummary"), request, "BillingMode");
    }
    const char *refusal = new_capacity(table, request, pay);
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, get(request, "GlobalSecondaryIndexes"))
    {
        refusal = refusal ? refusal : add_index(service, each, "CREATING");
    }
    cJSON_ArrayForEach(each, get(request, "Tags"))
    {
        copy(service->tags, each, "Value");
        cJSON *value = cJSON_DetachItemFromObjectCaseSensitive(service->tags, "Value");
        set(service->tags, text(each, "Key"), value);
    }
    set(service->tags, "aws:of-the-service", cJSON_CreateString("kept")); // A167
    if (get(request, "ResourcePolicy") != NULL) {
        service->policy = kept(text(request, "ResourcePolicy"));
    }
    return refusal;
}

static const char *update_ttl(struct service *service, const cJSON *request)
{
    const cJSON *wanted = get(request, "TimeToLiveSpecification");
    const char *attribute = text(wanted, "AttributeName");
    bool on = cJSON_IsTrue(get(wanted, "Enabled"));
    if (*attribute == '\0') {
        return "A191: no attribute";
    }
    if (service->ttl_moving) {
        return "A195: within the hour";
    }
    if (on == (service->ttl != NULL)) {
        return "A192, A194: enabled or disabled already";
    }
    if (!on && strcmp(service->ttl, attribute) != 0) {
        return "A193: another attribute";
    }
    free(service->ttl);
    service->ttl = on ? kept(attribute) : NULL;
    service->ttl_moving = true;
    return NULL;
}

static const char *update_backups(struct service *service, const cJSON *request)
{
    const cJSON *wanted = get(request, "PointInTimeRecoverySpecification");
    const cJSON *days = get(wanted, "RecoveryPeriodInDays");
    bool on = cJSON_IsTrue(get(wanted, "PointInTimeRecoveryEnabled"));
    if (days != NULL && (!on || days->valueint < 1 || days->valueint > 35)) {
        return "A206: the period";
    }
    if (on) { // without a word what was there stays
        service->recovery_days = days != NULL                  ? days->valueint
                                 : service->recovery_days != 0 ? service->recovery_days
                                                               : 35;
    } else {
        service->recovery_days = 0;
    }
    return NULL;
}

static const char *update_insights(struct service *service, const cJSON *request)
{
    const char *index = text(request, "IndexName");
    const cJSON *found = find_named(globals(service), "IndexName", index);
    const char *mode = text(request, "ContributorInsightsMode");
    if (*index != '\0' &&
        (found == NULL || strcmp(text(found, "IndexStatus"), "ACTIVE") != 0)) {
        return "insights of an index that is not there";
    }
    if (strcmp(text(request, "ContributorInsightsAction"), "ENABLE") == 0) {
        set(service->insights, *index ? index : "table",
            cJSON_CreateString(*mode ? mode : "ACCESSED_AND_THROTTLED_KEYS"));
    } else if (*mode != '\0') {
        return "a mode of what is disabled";
    } else {
        cJSON_DeleteItemFromObjectCaseSensitive(service->insights,
                                                *index ? index : "table");
    }
    return NULL;
}

static const char *tag(struct service *service, const cJSON *request)
{
    const cJSON *tags = get(request, "Tags");
    const cJSON *each = NULL;
    if (cJSON_GetArraySize(tags) == 0) {
        return "A171: no tags";
    }
    cJSON_ArrayForEach(each, tags)
    {
        set(service->tags, text(each, "Key"), cJSON_CreateString(text(each, "Value")));
    }
    return NULL;
}

static const char *untag(struct service *service, const cJSON *request)
{
    const cJSON *names = get(request, "TagKeys");
    const cJSON *each = NULL;
    if (cJSON_GetArraySize(names) == 0) {
        return "A171: no tags";
    }
    cJSON_ArrayForEach(each, names)
    {
        if (get(service->tags, each->valuestring) == NULL ||
            strncmp(each->valuestring, "aws:", 4) == 0) {
            return "A167: a tag that is not there, or not ours";
        }
        cJSON_DeleteItemFromObjectCaseSensitive(service->tags, each->valuestring);
    }
    return NULL;
}

static const char *put_policy(struct service *service, const cJSON *request)
{
    free(service->policy);
    service->policy = kept(text(request, "Policy"));
    return NULL;
}

static const char *delete_policy(struct service *service, const cJSON *request)
{
    (void)request;
    bool there = service->policy != NULL;
    free(service->policy);
    service->policy = NULL;
    return there ? NULL : "there is no policy";
}

const char *service_call(struct service *service, const char *operation,
                         const char *body)
{
    static const struct {
        const char *operation;
        const char *(*call)(struct service *service, const cJSON *request);
        bool by_arn;
    } ROWS[] = {
        {"CreateTable", create_table, false},
        {"UpdateTable", update_table, false},
        {"UpdateTimeToLive", update_ttl, false},
        {"UpdateContinuousBackups", update_backups, false},
        {"UpdateContributorInsights", update_insights, false},
        {"TagResource", tag, true},
        {"UntagResource", untag, true},
        {"PutResourcePolicy", put_policy, true},
        {"DeleteResourcePolicy", delete_policy, true},
    };
    cJSON *request = cJSON_Parse(body);
    const char *refusal = "no such operation, or no JSON";
    service->calls++;
    for (size_t i = 0; request != NULL && i < sizeof ROWS / sizeof ROWS[0]; i++) {
        if (strcmp(ROWS[i].operation, operation) == 0) {
            bool named = ROWS[i].by_arn
                             ? strcmp(text(request, "ResourceArn"), SERVICE_ARN) == 0
                             : strcmp(text(request, "TableName"), "messages") == 0;
            refusal = named ? ROWS[i].call(service, request) : "another table";
        }
    }
    cJSON_Delete(request);
    return refusal;
}

int service_index_number(const struct service *service, const char *name)
{
    return (int)number(find_named(globals(service), "IndexName", name), "Number");
}
