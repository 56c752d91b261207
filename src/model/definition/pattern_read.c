// `access_patterns`: nodes enter, struct pattern leaves, its templates still text.
#include "bind.h"
#include "entity.h"

struct pattern_nodes {
    const struct node *node;
    struct bind_string index;
    const struct node *parameters;
    const struct node *key;
    struct bind_bool scan_index_forward;
    struct bind_int limit;
};

static const char *const PARAMETER_TYPES[] = {"handle", "string", "uuid", "number",
                                              NULL};
#define PARAMETER_TYPE_COUNT (sizeof PARAMETER_TYPES / sizeof PARAMETER_TYPES[0] - 1)

static const struct shape PARAMETER_SHAPE = {SHAPE_WORD, .words = PARAMETER_TYPES};
static const struct shape PARAMETERS_SHAPE = {SHAPE_MAPPING, .of = &PARAMETER_SHAPE};

// What a key attribute is held against: keys are strings, numbers and binary.
static const struct shape OPERAND_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&TEXT_SHAPE, &NUMBER_SHAPE)};
static const struct shape BETWEEN_SHAPE = {SHAPE_LIST, .of = &OPERAND_SHAPE, .min = 2,
                                           .max = 2};

// In the order of enum range_operator, from RANGE_EQ. A condition has one of them, so
// that there is no struct to bind to.
static const struct bind_key OPERATOR_KEYS[] = {
    {"eq", BIND_NODE, .shape = &OPERAND_SHAPE, .doc = "Equal."},
    {"lt", BIND_NODE, .shape = &OPERAND_SHAPE, .doc = "Less."},
    {"le", BIND_NODE, .shape = &OPERAND_SHAPE, .doc = "Less or equal."},
    {"gt", BIND_NODE, .shape = &OPERAND_SHAPE, .doc = "Greater."},
    {"ge", BIND_NODE, .shape = &OPERAND_SHAPE, .doc = "Greater or equal."},
    {"begins_with", BIND_NODE, .shape = &OPERAND_SHAPE,
     .doc = "Begins with this string."},
    {"between", BIND_NODE, .shape = &BETWEEN_SHAPE,
     .doc = "From the first to the second value, both included."},
};
#define OPERATOR_COUNT (sizeof OPERATOR_KEYS / sizeof OPERATOR_KEYS[0])

static const struct bind_record OPERATOR_RECORD = {"a condition", OPERATOR_KEYS,
                                                   OPERATOR_COUNT, 0};

// A plain value means `=`.
static const struct shape CONDITION_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(&OPERAND_SHAPE,
                      &(const struct shape){SHAPE_RECORD, .record = &OPERATOR_RECORD,
                                            .min = 1, .max = 1})};
static const struct shape CONDITIONS_SHAPE = {SHAPE_MAPPING, .key = &VALUE_NAME_SHAPE,
                                              .of = &CONDITION_SHAPE, .min = 1};

static const struct bind_key PATTERN_KEYS[] = {
    {"index", BIND_STRING, offsetof(struct pattern_nodes, index),
     .shape = &FILLED_SHAPE, .doc = "The index to query; without it, the table."},
    {"parameters", BIND_NODE, offsetof(struct pattern_nodes, parameters),
     .shape = &PARAMETERS_SHAPE,
     .doc = "Names and types: handle, string, uuid or number."},
    {"key", BIND_NODE, offsetof(struct pattern_nodes, key), .required = true,
     .shape = &CONDITIONS_SHAPE,
     .doc = "The condition on the hash key and, perhaps, on the range key."},
    {"scan_index_forward", BIND_BOOL,
     offsetof(struct pattern_nodes, scan_index_forward),
     .doc = "false: the greatest range keys first."},
    {"limit", BIND_INT, offsetof(struct pattern_nodes, limit), .min = 1, .max = 1000000,
     .doc = "How many items at most."},
};

static const struct bind_record PATTERN_RECORD = {
    "an access pattern", PATTERN_KEYS, sizeof PATTERN_KEYS / sizeof PATTERN_KEYS[0],
    offsetof(struct pattern_nodes, node)};

const struct shape PATTERN_SHAPE = {SHAPE_RECORD, .record = &PATTERN_RECORD};

static bool read_parameter(struct parameter *out, const struct node_pair *pair,
                           struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    const struct node *type = pair->value;
    struct str names[PARAMETER_TYPE_COUNT];
    for (size_t i = 0; i < PARAMETER_TYPE_COUNT; i++) {
        names[i] = str_from(PARAMETER_TYPES[i]);
        if (type->kind == NODE_SCALAR && str_eq(type->text, names[i])) {
            out->type = (enum parameter_type)i;
            return true;
        }
    }
    if (!type->poisoned) {
        struct diag *diag = diag_add(diags, DIAG_WRONG_VALUE, type->span,
                                     "the type of parameter %s is not known",
                                     diag_quote(diags, out->name));
        diag_help_nearest(diags, diag, type->kind == NODE_SCALAR ? type->text : STR(""),
                          names, PARAMETER_TYPE_COUNT);
    }
    return false;
}

static bool read_parameters(struct pattern *out, const struct node *node,
                            struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'parameters' must be a mapping from names to types");
        return false;
    }
    out->parameters = arena_array(arena, node->count, sizeof *out->parameters);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        ok = read_parameter(&out->parameters[out->parameter_count++], &node->pairs[i],
                            diags) &&
             ok;
    }
    return ok;
}

static bool read_operand(struct key_condition *out, const struct node *node,
                         unsigned which, struct arena *arena, struct diags *diags)
{
    struct value *value = value_read(node, true, arena, diags);
    if (value != NULL && value->file != NULL) {
        diag_add(diags, DIAG_PATTERN, value->file->span,
                 "a pattern's value cannot come from a file");
        value = NULL;
    }
    out->operands[which] = value;
    return value != NULL;
}

static bool read_between(struct key_condition *out, const struct node *node,
                         struct arena *arena, struct diags *diags)
{
    if (node->kind != NODE_SEQUENCE || node->count != 2) {
        diag_add(diags, DIAG_PATTERN, node->span,
                 "'between' takes a list of two values, the lower first");
        return false;
    }
    bool low = read_operand(out, node->items[0], 0, arena, diags);
    return read_operand(out, node->items[1], 1, arena, diags) && low;
}

// A plain value means `=`, a mapping with one operator the others.
static bool read_condition(struct key_condition *out, const struct node_pair *pair,
                           struct arena *arena, struct diags *diags)
{
    out->attribute = pair->key->text;
    out->span = pair->key->span;
    out->op = RANGE_EQ;
    const struct node *value = pair->value;
    if (value->kind != NODE_MAPPING) {
        return read_operand(out, value, 0, arena, diags);
    }
    if (value->count != 1) {
        diag_add(diags, DIAG_PATTERN, value->span,
                 "a key attribute takes one condition, and has %zu",
                 (size_t)value->count);
        return false;
    }
    struct str names[OPERATOR_COUNT];
    const struct node *key = value->pairs[0].key;
    for (size_t i = 0; i < OPERATOR_COUNT; i++) {
        names[i] = str_from(OPERATOR_KEYS[i].name);
        if (str_eq(key->text, names[i])) {
            out->op = (enum range_operator)(RANGE_EQ + i);
            return out->op == RANGE_BETWEEN
                       ? read_between(out, value->pairs[0].value, arena, diags)
                       : read_operand(out, value->pairs[0].value, 0, arena, diags);
        }
    }
    struct diag *diag = diag_add(diags, DIAG_PATTERN, key->span, "unknown operator %s",
                                 diag_quote(diags, key->text));
    diag_help_nearest(diags, diag, key->text, names, OPERATOR_COUNT);
    return false;
}

static bool read_key(struct pattern *out, const struct node *node, struct arena *arena,
                     struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING || node->count == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'key' must be a mapping from key attributes to conditions");
        return false;
    }
    out->key_span = node->span;
    out->conditions = arena_array(arena, node->count, sizeof *out->conditions);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        ok = read_condition(&out->conditions[out->condition_count++], &node->pairs[i],
                            arena, diags) &&
             ok;
    }
    return ok;
}

void pattern_read(struct pattern *out, const struct node_pair *pair,
                  struct arena *arena, struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    struct pattern_nodes bound = {0};
    bool ok = bind_read(&bound, &PATTERN_RECORD, pair->value, diags);
    if (bound.index.node != NULL) {
        out->index = bound.index.text;
        out->index_span = bound.index.node->span;
    }
    out->index_broken = bound.index.broken;
    if (bound.parameters != NULL) {
        out->parameters_broken =
            bound.parameters->kind != NODE_MAPPING || bound.parameters->poisoned;
        ok = read_parameters(out, bound.parameters, arena, diags) && ok;
    }
    if (bound.key != NULL) {
        ok = read_key(out, bound.key, arena, diags) && ok;
    }
    out->scan_index_forward =
        bound.scan_index_forward.node == NULL || bound.scan_index_forward.value;
    out->limit = bound.limit.value;
    out->broken = !ok;
}
