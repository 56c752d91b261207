// What the model behind table_service.h answers when it is asked.
#include "table_service.h"

#include <string.h>

static char *printed(cJSON *answer)
{
    char *body = cJSON_PrintUnformatted(answer);
    cJSON_Delete(answer);
    return body;
}

static cJSON *wrap(const char *name, cJSON *value)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, name, value);
    return answer;
}

static cJSON *tell_tags(const struct service *service)
{
    cJSON *tags = cJSON_CreateArray();
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, service->tags)
    {
        cJSON *tag = cJSON_CreateObject();
        cJSON_AddStringToObject(tag, "Key", each->string);
        cJSON_AddStringToObject(tag, "Value", each->valuestring);
        cJSON_AddItemToArray(tags, tag);
    }
    return wrap("Tags", tags);
}

static cJSON *tell_ttl(const struct service *service)
{
    cJSON *ttl = cJSON_CreateObject();
    bool on = service->ttl != NULL;
    const char *status = service->ttl_moving ? (on ? "ENABLING" : "DISABLING")
                         : on                ? "ENABLED"
                                             : "DISABLED";
    cJSON_AddStringToObject(ttl, "TimeToLiveStatus", status);
    if (on) {
        cJSON_AddStringToObject(ttl, "AttributeName", service->ttl);
    }
    return wrap("TimeToLiveDescription", ttl);
}

static cJSON *tell_backups(const struct service *service)
{
    cJSON *recovery = cJSON_CreateObject();
    bool on = service->recovery_days != 0;
    cJSON_AddStringToObject(recovery, "PointInTimeRecoveryStatus",
                            on ? "ENABLED" : "DISABLED");
    if (on) {
        cJSON_AddNumberToObject(recovery, "RecoveryPeriodInDays",
                                service->recovery_days);
    }
    return wrap("ContinuousBackupsDescription",
                wrap("PointInTimeRecoveryDescription", recovery));
}

static cJSON *tell_insights(const struct service *service, const char *index)
{
    cJSON *answer = cJSON_CreateObject();
    const cJSON *found =
        cJSON_GetObjectItemCaseSensitive(service->insights, index ? index : "table");
    const char *mode = found == NULL ? "" : found->valuestring;
    cJSON_AddStringToObject(answer, "ContributorInsightsStatus",
                            *mode ? "ENABLED" : "DISABLED");
    if (*mode != '\0') {
        cJSON_AddStringToObject(answer, "ContributorInsightsMode", mode);
    }
    return answer;
}

char *service_tell(const struct service *service, const char *operation,
                   const char *index)
{
    cJSON *answer = NULL;
    if (strcmp(operation, "DescribeTable") == 0) {
        answer = wrap("Table", cJSON_Duplicate(service->table, true));
    } else if (strcmp(operation, "DescribeTimeToLive") == 0) {
        answer = tell_ttl(service);
    } else if (strcmp(operation, "DescribeContinuousBackups") == 0) {
        answer = tell_backups(service);
    } else if (strcmp(operation, "DescribeContributorInsights") == 0) {
        answer = tell_insights(service, index);
    } else if (strcmp(operation, "ListTagsOfResource") == 0) {
        answer = tell_tags(service);
    } else if (service->policy != NULL) { // GetResourcePolicy
        answer = wrap("Policy", cJSON_CreateString(service->policy));
    }
    return answer == NULL ? NULL : printed(answer);
}
