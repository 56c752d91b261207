// TableDescription, the part that DescribeTable, CreateTable and DeleteTable answer
// with.
#ifndef DDB_SERVICE_INSPECT_H
#define DDB_SERVICE_INSPECT_H

#include "arena.h"
#include "str.h"
#include "table_admin.h"

#include <stdbool.h>

// The ARN in an answer of CreateTable ({"TableDescription":{"TableArn":...}}); empty
// when it has none.
struct str inspect_created_arn(struct str body, struct arena *arena);
// arn:aws:dynamodb:REGION:ACCOUNT:table/NAME -> ACCOUNT, or empty.
struct str inspect_arn_account(struct str arn);

// Answers of DescribeTimeToLive, DescribeContinuousBackups and
// DescribeContributorInsights. False when it is none of them, or one whose status we do
// not know.
__attribute__((warn_unused_result)) bool
inspect_time_to_live(struct time_to_live *out, struct str body, struct arena *arena);
__attribute__((warn_unused_result)) bool
inspect_recovery(struct point_in_time_recovery *out, struct str body);
__attribute__((warn_unused_result)) bool
inspect_insights(struct contributor_insights *out, struct str body);

// An answer of ListTagsOfResource: appends the page's tags; *next is the token of the
// next page, empty at the end (A173).
__attribute__((warn_unused_result)) bool inspect_tags(struct table_settings *out,
                                                      struct str *next, struct str body,
                                                      struct arena *arena);
// An answer of GetResourcePolicy.
__attribute__((warn_unused_result)) bool
inspect_policy(struct str *out, struct str body, struct arena *arena);

// An answer of KMS's DescribeKey: the key's ARN, or empty.
struct str inspect_key_arn(struct str body, struct arena *arena);

// An answer of ListTables: appends nothing, gives the page's names and in *last the
// name to go on after, empty at the end. False too when one can be no table's name.
__attribute__((warn_unused_result)) bool
inspect_table_names(struct str **names, size_t *count, struct str *last,
                    struct str body, struct arena *arena);

#endif
