// Recognising DynamoDB JSON: nodes enter, a yes or a name leaves.
#include "typed_json.h"

static bool is_text(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->plain;
}

static bool is_number(const struct node *node)
{
    struct node plain = *node;
    plain.plain = true;
    plain.tag = NODE_TAG_NONE;
    return node->kind == NODE_SCALAR && node_type(&plain) == NODE_N;
}

static bool is_true(const struct node *node)
{
    return node->kind == NODE_SCALAR && str_is(node->text, "true");
}

static bool is_truth(const struct node *node)
{
    return node->kind == NODE_SCALAR && node_type(node) == NODE_BOOL;
}

static bool is_scalar(const struct node *node)
{
    return node->kind == NODE_SCALAR;
}

static bool is_set(const struct node *node)
{
    bool set = node->kind == NODE_SEQUENCE && node->count > 0;
    for (size_t i = 0; set && i < node->count; i++) {
        set = is_scalar(node->items[i]);
    }
    return set;
}

static bool is_list(const struct node *node)
{
    bool list = node->kind == NODE_SEQUENCE;
    for (size_t i = 0; list && i < node->count; i++) {
        list = typed_json_is_value(node->items[i]);
    }
    return list;
}

static bool is_map(const struct node *node)
{
    return node->kind == NODE_MAPPING && (node->count == 0 || typed_json_is_item(node));
}

bool typed_json_is_value(const struct node *node)
{
    static const struct {
        const char *type;
        bool (*takes)(const struct node *node);
    } TYPES[] = {
        {"S", is_scalar},  {"N", is_number}, {"B", is_text}, {"BOOL", is_truth},
        {"NULL", is_true}, {"SS", is_set},   {"NS", is_set}, {"BS", is_set},
        {"L", is_list},    {"M", is_map},
    };
    bool one =
        node->kind == NODE_MAPPING && node->count == 1 && node->tag == NODE_TAG_NONE;
    for (size_t i = 0; one && i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (str_is(node->pairs[0].key->text, TYPES[i].type)) {
            return TYPES[i].takes(node->pairs[0].value);
        }
    }
    return false;
}

bool typed_json_is_item(const struct node *mapping)
{
    bool item = mapping->kind == NODE_MAPPING && mapping->count > 0;
    for (size_t i = 0; item && i < mapping->count; i++) {
        item = typed_json_is_value(mapping->pairs[i].value);
    }
    return item;
}

// A batch is a mapping from tables to lists of requests.
static bool is_batch(const struct node *node)
{
    bool batch = node->kind == NODE_MAPPING && node->count > 0;
    for (size_t i = 0; batch && i < node->count; i++) {
        const struct node *requests = node->pairs[i].value;
        batch = requests->kind == NODE_SEQUENCE && requests->count > 0 &&
                (node_find(requests->items[0], "PutRequest") != NULL ||
                 node_find(requests->items[0], "DeleteRequest") != NULL);
    }
    return batch;
}

#define ITEMS_HELP                                                                     \
    "a fixture lists items under 'items', with plain values: { pk: A, qty: 5 }"
#define TABLE_HELP                                                                     \
    "a definition has 'table_name', 'attribute_definitions', 'key_schema'"

const char *typed_json_document(const struct node *root, const char **help)
{
    static const struct {
        const char *keys[2];
        const char *what;
        const char *help;
    } DOCUMENTS[] = {
        {{"Items", "Count"}, "what 'aws dynamodb scan' and 'query' print", ITEMS_HELP},
        {{"Items", NULL}, "what 'aws dynamodb scan' and 'query' print", ITEMS_HELP},
        {{"Item", NULL},
         "items in DynamoDB JSON, as 'ddbgen build --emit items' and exports write "
         "them",
         ITEMS_HELP},
        {{"Responses", NULL}, "what 'aws dynamodb batch-get-item' prints", ITEMS_HELP},
        {{"RequestItems", NULL}, "a request for BatchWriteItem", ITEMS_HELP},
        {{"PutRequest", NULL}, "a request for BatchWriteItem", ITEMS_HELP},
        {{"BatchWriteItem", NULL},
         "requests, as 'ddbgen build' writes them",
         ITEMS_HELP},
        {{"CreateTable", NULL}, "requests, as 'ddbgen build' writes them", TABLE_HELP},
        {{"TableName", "Item"}, "a request for PutItem", ITEMS_HELP},
        {{"TableName", "KeySchema"}, "a request for CreateTable", TABLE_HELP},
        {{"Table", NULL}, "what 'aws dynamodb describe-table' prints", TABLE_HELP},
        {{"DataModel", NULL}, "a data model of NoSQL Workbench", TABLE_HELP},
        {{"AWSTemplateFormatVersion", NULL},
         "a template of CloudFormation",
         TABLE_HELP},
        {{"Resources", NULL}, "a template of CloudFormation", TABLE_HELP},
        {{"TableName", NULL}, "a request of DynamoDB's API", TABLE_HELP},
    };
    for (size_t i = 0; i < sizeof DOCUMENTS / sizeof DOCUMENTS[0]; i++) {
        const char *second = DOCUMENTS[i].keys[1];
        if (node_find(root, DOCUMENTS[i].keys[0]) != NULL &&
            (second == NULL || node_find(root, second) != NULL)) {
            *help = DOCUMENTS[i].help;
            return DOCUMENTS[i].what;
        }
    }
    *help = ITEMS_HELP;
    bool listed = root->kind == NODE_SEQUENCE && root->count > 0;
    const struct node *first = listed ? root->items[0] : root;
    if (is_batch(root)) {
        return "requests for 'aws dynamodb batch-write-item'";
    }
    if (typed_json_is_item(first)) {
        return listed ? "a list of items in DynamoDB JSON" : "an item in DynamoDB JSON";
    }
    return listed && first->kind == NODE_MAPPING ? "a list of items" : NULL;
}
