// What a table is beside its keys, indexes and capacity. Some of it is part of
// CreateTable, some needs calls of its own (compile/table_calls.h).
#ifndef DDB_MODEL_TABLE_SETTINGS_H
#define DDB_MODEL_TABLE_SETTINGS_H

#include "source.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum setting {
    SETTING_UNSAID, // of a definition: left alone; of a live table: not asked for
    SETTING_ENABLED,
    SETTING_DISABLED,
    SETTING_DISABLING, // live only: it cannot be enabled yet
};

enum stream_view_type {
    STREAM_KEYS_ONLY,
    STREAM_NEW_IMAGE,
    STREAM_OLD_IMAGE,
    STREAM_NEW_AND_OLD_IMAGES,
};

struct stream_specification {
    enum setting state;
    enum stream_view_type view_type; // when it is enabled
    struct span span;
};

// What is known of the key that the name in a definition stands for.
enum kms_key {
    KMS_KEY_UNKNOWN, // `unknown` says why
    KMS_KEY_KNOWN,
    KMS_KEY_MISSING, // there is none of that name
};

struct sse_specification {
    enum setting state;           // disabled: with a key that AWS owns (A155)
    struct str kms_master_key_id; // as it was written; empty: alias/aws/dynamodb. Of a
                                  // live table what the server tells: the key's ARN
    struct span span;
    // Of a live table only.
    bool told;            // kms_master_key_id is what the server tells
    enum kms_key named;   // the key that the definition names
    struct str named_key; // its ARN, when it is known
    struct str unknown;   // else why not, if anybody was asked
};

enum table_class {
    TABLE_CLASS_UNSAID,
    TABLE_CLASS_STANDARD, // of a live table also when it was never set (A162)
    TABLE_CLASS_STANDARD_INFREQUENT_ACCESS,
};

struct tag {
    struct str key;
    struct str value;
    struct span span;
};

struct time_to_live {
    enum setting state;
    struct str attribute_name; // of one that a definition disables it may be empty
    struct span span;
};

struct point_in_time_recovery {
    enum setting state;
    int64_t recovery_period_in_days; // 0: the service's own, 35 (A206)
    struct span span;
};

enum insights_mode {
    INSIGHTS_UNSAID, // the service's own
    INSIGHTS_ACCESSED_AND_THROTTLED_KEYS,
    INSIGHTS_THROTTLED_KEYS,
};

// Of the table, and of each global index.
struct contributor_insights {
    enum setting state;
    enum insights_mode mode;
    struct span span;
};

struct table_settings {
    struct stream_specification stream;
    struct sse_specification sse;
    enum table_class table_class;
    struct span table_class_span;
    enum setting deletion_protection;
    struct span deletion_protection_span;
    struct tag *tags; // tag_count of them, in file order
    size_t tag_count;
    bool tags_said; // `tags: {}` says that there are none
    struct span tags_span;
    struct str resource_policy; // JSON; empty when there is none
    bool resource_policy_said;  // `resource_policy: {}` says that there is none
    struct span resource_policy_span;
    struct time_to_live time_to_live;
    struct point_in_time_recovery point_in_time_recovery;
    struct contributor_insights contributor_insights;
};

#endif
