// resource_policy: a JSON text or a mapping enters, JSON leaves.
//
// In a mapping scalars are what they are everywhere (`2012-10-17` is a string, `true`
// is true); numbers are written in their canonical form. Tags mean types of DynamoDB,
// and JSON has none.
#include "policy_read.h"

#include "buf.h"
#include "json_read.h"
#include "json_write.h"
#include "number.h"
#include "policy_check.h"
#include "value.h"

#include <string.h>

#define POLICY_MAX_BYTES ((size_t)20 * 1024) // A174: blanks count

static const struct shape TEXT_FORM = {SHAPE_STRING, .min = 2, .max = POLICY_MAX_BYTES};
static const struct shape MAPPING_FORM = {SHAPE_MAPPING, .of = &VALUE_SHAPE};
const struct shape POLICY_SHAPE = {SHAPE_ANY_OF,
                                   .choices = SHAPES(&TEXT_FORM, &MAPPING_FORM)};

static bool write_node(struct buf *out, const struct node *node, struct diags *diags);

static bool write_scalar(struct buf *out, const struct node *node, struct diags *diags)
{
    char number[NUMBER_TEXT_MAX];
    size_t len = 0;
    switch (node_type(node)) {
    case NODE_NULL:
        buf_put(out, STR("null"));
        return true;
    case NODE_BOOL:
        buf_put(out, node->text);
        return true;
    case NODE_N:
        if (number_canonical(number, &len, node->text) != NUMBER_OK) {
            diag_add(diags, DIAG_NUMBER, node->span, "%s is no number of a policy",
                     diag_quote(diags, node->text));
            return false;
        }
        buf_put(out, (struct str){number, len});
        return true;
    case NODE_S:
    default:
        json_put_string(out, node->text);
        return true;
    }
}

static bool write_members(struct buf *out, const struct node *node, struct diags *diags)
{
    bool mapping = node->kind == NODE_MAPPING;
    bool ok = true;
    buf_char(out, mapping ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        buf_puts(out, i > 0 ? "," : "");
        if (mapping) {
            json_put_string(out, node->pairs[i].key->text);
            buf_char(out, ':');
        }
        ok = write_node(out, mapping ? node->pairs[i].value : node->items[i], diags) &&
             ok;
    }
    buf_char(out, mapping ? '}' : ']');
    return ok;
}

static bool write_node(struct buf *out, const struct node *node, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->tag != NODE_TAG_NONE) {
        diag_add(diags, DIAG_YAML_TAG, node->span, "a policy takes no tags");
        return false;
    }
    return node->kind == NODE_SCALAR ? write_scalar(out, node, diags)
                                     : write_members(out, node, diags);
}

// ---- JSON text

// The nodes of the text's values, all of them where the text stands.
struct json_nodes {
    struct json_reader reader;
    struct span span;
    struct arena *arena;
};

static const struct node *node_of(struct json_nodes *json, enum json_token first);

// A list of the nodes up to end; of a mapping, names and values in turn. NULL: no JSON.
static const struct node **nodes_until(size_t *count, struct json_nodes *json,
                                       enum json_token end)
{
    size_t cap = 8;
    const struct node **nodes = arena_array(json->arena, cap, sizeof(struct node *));
    *count = 0;
    for (enum json_token token = json_next(&json->reader); token != end;
         token = json_next(&json->reader)) {
        if (*count == cap) {
            const struct node **grown =
                arena_array(json->arena, cap * 2, sizeof(struct node *));
            memcpy(grown, nodes, cap * sizeof(struct node *));
            nodes = grown;
            cap *= 2;
        }
        nodes[*count] = node_of(json, token);
        if (nodes[(*count)++] == NULL) {
            return NULL;
        }
    }
    return nodes;
}

static bool fill_mapping(struct node *out, struct json_nodes *json)
{
    size_t count = 0;
    const struct node **nodes = nodes_until(&count, json, JSON_OBJECT_END);
    if (nodes == NULL) {
        return false;
    }
    struct node_pair *pairs = arena_array(json->arena, count / 2, sizeof *pairs);
    for (size_t i = 0; i < count / 2; i++) {
        pairs[i] = (struct node_pair){nodes[2 * i], nodes[2 * i + 1]};
    }
    out->kind = NODE_MAPPING;
    out->pairs = pairs;
    out->count = (uint32_t)(count / 2);
    return true;
}

static bool fill_list(struct node *out, struct json_nodes *json)
{
    out->kind = NODE_SEQUENCE;
    size_t count = 0;
    out->items = nodes_until(&count, json, JSON_ARRAY_END);
    out->count = (uint32_t)count;
    return out->items != NULL;
}

// NULL: malformed, as json_error says.
static const struct node *node_of(struct json_nodes *json, enum json_token first)
{
    struct node *node = arena_alloc(json->arena, sizeof *node);
    *node = (struct node){.span = json->span};
    switch (first) {
    case JSON_OBJECT_BEGIN:
        return fill_mapping(node, json) ? node : NULL;
    case JSON_ARRAY_BEGIN:
        return fill_list(node, json) ? node : NULL;
    case JSON_NAME:
    case JSON_STRING:
        node->text = json_text(&json->reader);
        return node;
    case JSON_NUMBER: // plain, as scalars of YAML that are no strings
        node->text = json_text(&json->reader);
        node->plain = true;
        return node;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        node->text = first == JSON_NULL   ? STR("null")
                     : first == JSON_TRUE ? STR("true")
                                          : STR("false");
        node->plain = true;
        return node;
    case JSON_ERROR:
    case JSON_END:
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
    default:
        return NULL;
    }
}

// NULL (diagnosed): not one well-formed JSON object.
static const struct node *read_json(const struct node *node, struct arena *arena,
                                    struct diags *diags)
{
    struct json_nodes json = {.span = node->span, .arena = arena};
    json_reader_init(&json.reader, node->text, arena);
    const struct node *root = node_of(&json, json_next(&json.reader));
    if (root != NULL && json_next(&json.reader) == JSON_END) {
        if (root->kind != NODE_MAPPING) {
            diag_add(diags, DIAG_RESOURCE_POLICY, node->span,
                     "a resource policy is a JSON object");
        }
        return root->kind == NODE_MAPPING ? root : NULL;
    }
    size_t line = 1;
    for (size_t i = 0; i < json.reader.at && i < node->text.len; i++) {
        line += node->text.at[i] == '\n';
    }
    struct diag *diag = diag_add(diags, DIAG_RESOURCE_POLICY, node->span,
                                 "the resource policy is no JSON: %s, in its line %zu",
                                 json_error(&json.reader), line);
    diag_help(diags, diag, "a policy may also be written as a YAML mapping");
    return NULL;
}

static bool check_size(bool fits, const struct node *node, struct diags *diags)
{
    if (!fits) {
        diag_add(diags, DIAG_RESOURCE_POLICY, node->span,
                 "a resource policy takes up to %zu bytes, blanks included",
                 POLICY_MAX_BYTES);
    }
    return fits;
}

bool policy_read(struct str *out, const struct node *node, struct arena *arena,
                 struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        return node == NULL;
    }
    if (node->kind == NODE_SCALAR && node_type(node) == NODE_S &&
        (node->tag == NODE_TAG_NONE || node->tag == NODE_TAG_S)) {
        *out = node->text;
        if (!check_size(node->text.len <= POLICY_MAX_BYTES, node, diags)) {
            return false;
        }
        const struct node *policy = read_json(node, arena, diags);
        return policy != NULL && policy_check(policy, diags);
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'resource_policy' is %s, and must be JSON text or a mapping",
                 node_describe(node));
        return false;
    }
    if (node->count == 0) {
        *out = str_from(NULL);
        return true;
    }
    struct buf json;
    buf_init(&json, POLICY_MAX_BYTES);
    bool ok = write_node(&json, node, diags) &&
              check_size(!json.overflowed, node, diags) && policy_check(node, diags);
    *out = arena_str(arena, buf_str(&json));
    buf_deinit(&json);
    return ok;
}
