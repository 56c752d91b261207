// A small model of the service's control plane, for one table: it keeps every setting,
// really creates and deletes indexes, takes its time, and refuses what breaks a rule.
// What it tells is JSON as the service tells it.
//
//     service_call(&service, "UpdateTable", body)    NULL, or the rule that was broken
//     service_settle(&service)                       what was asked for has happened
//     service_tell(&service, "DescribeTable", NULL)  an answer's body
#ifndef DDB_UNIT_TABLE_SERVICE_H
#define DDB_UNIT_TABLE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#define SERVICE_ARN "arn:aws:dynamodb:us-east-1:123456789012:table/messages"

struct service {
    cJSON *table;    // the description
    cJSON *tags;     // an object
    cJSON *insights; // index names, "" for the table, to modes
    char *policy;    // NULL: none
    char *ttl;       // the attribute; NULL: disabled
    bool ttl_moving; // within the hour after a change (A195)
    int recovery_days;
    int calls;
    int indexes_made; // each index knows its number
};

void service_deinit(struct service *service);
// NULL: done. Else the rule that the request breaks, and nothing was done.
const char *service_call(struct service *service, const char *operation,
                         const char *body);
void service_settle(struct service *service);
void service_wait_an_hour(struct service *service);
// The body of an answer; the caller frees it. `index` is of
// DescribeContributorInsights. NULL: an error, such as PolicyNotFoundException.
char *service_tell(const struct service *service, const char *operation,
                   const char *index);
// The number of the index of that name; 0 when there is none.
int service_index_number(const struct service *service, const char *name);

#endif
