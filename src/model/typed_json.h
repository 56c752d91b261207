// DynamoDB JSON, in which requests and answers of the service write values
// ({"N": "5"}), and files that are made of it. It is recognised, not read.
#ifndef DDB_MODEL_TYPED_JSON_H
#define DDB_MODEL_TYPED_JSON_H

#include "node.h"

#include <stdbool.h>

// Whether a value has the form of one in DynamoDB JSON: a mapping of one key, a type,
// and what that type takes.
bool typed_json_is_value(const struct node *node);

// Whether all attributes of an item, one at least, have it.
bool typed_json_is_item(const struct node *mapping);

// What a document is that is neither a definition nor a fixture, as far as its keys
// tell: "what 'aws dynamodb scan' prints"; or NULL. *help is what to do with it.
const char *typed_json_document(const struct node *root, const char **help);

#endif
