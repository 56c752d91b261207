// Keys of KMS by their names: an id, an ARN, an alias, an alias's ARN.
#ifndef DDB_TABLE_KMS_KEY_H
#define DDB_TABLE_KMS_KEY_H

#include "str.h"
#include "table_settings.h"

#include <stdbool.h>

#define KMS_DEFAULT_ALIAS "alias/aws/dynamodb" // what a table is encrypted with by KMS

enum kms_match {
    KMS_SAME,
    KMS_OTHER,
    KMS_UNKNOWN, // the server tells a key, and what the declared name stands for is not
                 // known
};

// Whether a table whose key is the live one has the declared one. Two names as they
// were written (of an earlier build) are compared as texts, an ARN and a bare name by
// what both say. A key that the server tells is held against the id, or against the key
// that the name stands for.
enum kms_match kms_key_match(const struct sse_specification *declared,
                             const struct sse_specification *live);

// The name by which KMS knows the declared key: the default alias where none is given.
struct str kms_key_name(const struct sse_specification *declared);
// Whether that is the ARN of a key, and not of an alias.
bool kms_key_is_arn(struct str name);
// True: which key that is shows in the name itself.
bool kms_key_is_plain(const struct sse_specification *declared);

#endif
