// Which key of KMS a name stands for.
#ifndef DDB_SERVICE_KMS_H
#define DDB_SERVICE_KMS_H

#include "arena.h"
#include "client.h"
#include "table_settings.h"

// Asks KMS for the key that a definition names (an alias, or none: the default one),
// and notes in `live` what is known: the key, that there is none, or why that is not
// known. Nothing is asked where the name says it, or where either side is not encrypted
// so.
//
// KMS is where AWS_ENDPOINT_URL_KMS says, or, of a DynamoDB that is not AWS's own,
// AWS_ENDPOINT_URL; else that of AWS for the target's region, but only beside AWS's own
// DynamoDB: what stands for it elsewhere has no keys there. Nothing is a failure here:
// who may not ask, or reaches nobody, knows less.
void kms_look(struct sse_specification *live, const struct sse_specification *declared,
              const struct client *dynamodb, struct arena *arena);

#endif
