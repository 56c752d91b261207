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
#include "value.h"

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

// False (diagnosed): not one well-formed JSON object.
static bool check_json(const struct node *node, struct arena *arena,
                       struct diags *diags)
{
    struct json_reader reader;
    struct str raw;
    json_reader_init(&reader, node->text, arena);
    enum json_token first = json_next(&reader);
    if (first != JSON_ERROR && json_skip(&reader, &raw) &&
        json_next(&reader) == JSON_END) {
        if (first != JSON_OBJECT_BEGIN) {
            diag_add(diags, DIAG_RESOURCE_POLICY, node->span,
                     "a resource policy is a JSON object");
        }
        return first == JSON_OBJECT_BEGIN;
    }
    size_t line = 1;
    for (size_t i = 0; i < reader.at && i < node->text.len; i++) {
        line += node->text.at[i] == '\n';
    }
    struct diag *diag = diag_add(diags, DIAG_RESOURCE_POLICY, node->span,
                                 "the resource policy is no JSON: %s, in its line %zu",
                                 json_error(&reader), line);
    diag_help(diags, diag, "a policy may also be written as a YAML mapping");
    return false;
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
        return check_json(node, arena, diags) &&
               check_size(node->text.len <= POLICY_MAX_BYTES, node, diags);
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
    bool ok =
        write_node(&json, node, diags) && check_size(!json.overflowed, node, diags);
    *out = arena_str(arena, buf_str(&json));
    buf_deinit(&json);
    return ok;
}
