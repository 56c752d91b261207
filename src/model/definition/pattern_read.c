// `access_patterns`: nodes enter, struct pattern leaves, its templates and expressions
// still text.
#include "bind.h"
#include "entity.h"
#include "parameter_read.h"

struct pattern_nodes {
    const struct node *node;
    struct bind_enum operation;
    struct bind_string index;
    const struct node *parameters;
    const struct node *key;
    const struct node *filter;
    const struct node *projection;
    struct bind_enum select;
    struct bind_int segments;
    struct bind_bool consistent_read;
    struct bind_bool scan_index_forward;
    struct bind_int limit;
    const struct node *examples;
};

// In the order of enum pattern_operation.
static const char *const OPERATIONS[] = {"query", "get", "scan", "batch_get", NULL};
static const char *const SELECTS[] = {"count", NULL};

#define BIT(operation) (1U << (operation))
#define EVERY                                                                          \
    (BIT(PATTERN_QUERY) | BIT(PATTERN_GET) | BIT(PATTERN_SCAN) | BIT(PATTERN_BATCH_GET))
#define MANY (BIT(PATTERN_QUERY) | BIT(PATTERN_SCAN))

// Which operations take which keys; those that are not here are for all of them.
static const struct {
    const char *key;
    unsigned operations;
} TAKEN[] = {
    {"index", MANY},
    {"key", EVERY & ~BIT(PATTERN_SCAN)},
    {"filter", MANY},
    {"scan_index_forward", BIT(PATTERN_QUERY)},
    {"select", MANY},
    {"limit", MANY},
    {"segments", BIT(PATTERN_SCAN)},
};

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

static const struct shape PROJECTION_SHAPE = {SHAPE_LIST, .of = &FILLED_SHAPE,
                                              .min = 1};

static const struct bind_key PATTERN_KEYS[] = {
    {"operation", BIND_ENUM, offsetof(struct pattern_nodes, operation),
     .names = OPERATIONS,
     .doc = "What is asked: query (the default), get, scan or "
            "batch_get."},
    {"index", BIND_STRING, offsetof(struct pattern_nodes, index),
     .shape = &FILLED_SHAPE, .doc = "The index to ask; without it, the table."},
    {"parameters", BIND_NODE, offsetof(struct pattern_nodes, parameters),
     .shape = &PARAMETERS_SHAPE,
     .doc = "Names and types: handle, string, uuid, number, binary, boolean, a list "
            "of one of them, or a mapping with 'type' and 'default'."},
    {"key", BIND_NODE, offsetof(struct pattern_nodes, key), .shape = &CONDITIONS_SHAPE,
     .doc = "The condition on the hash key and, perhaps, on the range key; for all but "
            "a scan."},
    {"filter", BIND_NODE, offsetof(struct pattern_nodes, filter),
     .shape = &FILLED_SHAPE,
     .doc = "Which of the items that are read come back: a condition in DynamoDB's "
            "grammar, with values written as literals or as ${parameter}."},
    {"projection", BIND_NODE, offsetof(struct pattern_nodes, projection),
     .shape = &PROJECTION_SHAPE,
     .doc = "The paths of what comes back of an item; without it, all of it."},
    {"select", BIND_ENUM, offsetof(struct pattern_nodes, select), .names = SELECTS,
     .doc = "count: how many items there are, instead of the items."},
    {"scan_index_forward", BIND_BOOL,
     offsetof(struct pattern_nodes, scan_index_forward),
     .doc = "false: the greatest range keys first."},
    {"examples", BIND_NODE, offsetof(struct pattern_nodes, examples),
     .shape = &EXAMPLES_SHAPE,
     .doc = "What the pattern answers to which values: `ddbgen test` runs them."},
    {"consistent_read", BIND_BOOL, offsetof(struct pattern_nodes, consistent_read),
     .doc = "true: what was written before is seen; not of a global index."},
    {"segments", BIND_INT, offsetof(struct pattern_nodes, segments), .min = 1,
     .max = 1000000, .doc = "In how many parts a scan reads at once."},
    {"limit", BIND_INT, offsetof(struct pattern_nodes, limit), .min = 1, .max = 1000000,
     .doc = "How many items at most."},
};

static const struct bind_record PATTERN_RECORD = {
    "an access pattern", PATTERN_KEYS, sizeof PATTERN_KEYS / sizeof PATTERN_KEYS[0],
    offsetof(struct pattern_nodes, node)};

const struct shape PATTERN_SHAPE = {SHAPE_RECORD, .record = &PATTERN_RECORD};

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

// What text a node is, and where it stands.
static struct written written_at(const struct node *node)
{
    size_t quote = node->plain ? 0 : 1;
    struct written out = {.text = node->text, .span = node->span};
    if (node->span.length == node->text.len + 2 * quote) {
        out.text_span = node->span;
        out.text_span.column += (uint32_t)quote;
        out.text_span.length = SPAN_LENGTH(node->text.len);
    }
    return out;
}

static bool read_written(struct written *out, const struct node *node, const char *what,
                         struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    bool text = node->kind == NODE_SCALAR && node_type(node) == NODE_S &&
                (node->tag == NODE_TAG_NONE || node->tag == NODE_TAG_S);
    if (!text || node->text.len == 0) {
        diag_add(diags, text ? DIAG_WRONG_VALUE : DIAG_WRONG_TYPE, node->span,
                 "%s must be %s, and is %s", what,
                 text ? "a text that is not empty" : "text",
                 text ? "empty" : node_describe(node));
        return false;
    }
    *out = written_at(node);
    return true;
}

static bool read_projection(struct pattern *out, const struct node *node,
                            struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SEQUENCE || node->count == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'projection' must be a list of paths, at least one");
        return false;
    }
    bool ok = true;
    out->projection = arena_array(arena, node->count, sizeof *out->projection);
    for (size_t i = 0; i < node->count; i++) {
        ok = read_written(&out->projection[out->projection_count++], node->items[i],
                          "a path", diags) &&
             ok;
    }
    return ok;
}

// C047 and its kin: each operation takes some of the keys.
static bool check_taken(const struct pattern *pattern, const struct node *node,
                        struct diags *diags)
{
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        for (size_t t = 0; t < sizeof TAKEN / sizeof TAKEN[0]; t++) {
            if (str_is(key->text, TAKEN[t].key) &&
                (TAKEN[t].operations & BIT(pattern->operation)) == 0) {
                diag_add(diags, DIAG_PATTERN, key->span,
                         "a pattern with 'operation: %s' "
                         "takes no '%s'",
                         OPERATIONS[pattern->operation], TAKEN[t].key);
                ok = false;
            }
        }
    }
    return ok;
}

// The parts that are texts and lists, taken apart.
static bool read_parts(struct pattern *out, const struct pattern_nodes *bound,
                       struct arena *arena, struct diags *diags)
{
    bool ok = true;
    if (bound->parameters != NULL) {
        ok = parameters_read(out, bound->parameters, arena, diags);
    }
    if (bound->key != NULL) {
        ok = read_key(out, bound->key, arena, diags) && ok;
    }
    if (bound->filter != NULL) {
        ok = read_written(&out->filter, bound->filter, "'filter'", diags) && ok;
    }
    if (bound->projection != NULL) {
        ok = read_projection(out, bound->projection, arena, diags) && ok;
    }
    return ok;
}

static bool check_whole(const struct pattern *pattern,
                        const struct pattern_nodes *bound, struct diags *diags)
{
    bool ok = true;
    if (bound->node == NULL || bound->operation.broken) {
        return false;
    }
    if (bound->key == NULL && pattern->operation != PATTERN_SCAN) {
        diag_add(diags, DIAG_MISSING_KEY, bound->node->span,
                 "an access pattern has no 'key'");
        ok = false;
    }
    if (pattern->counts && bound->projection != NULL) {
        diag_add(diags, DIAG_PATTERN, bound->projection->span,
                 "'select: count' gives no items, so there is nothing to project");
        ok = false;
    }
    return check_taken(pattern, bound->node, diags) && ok;
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
    out->operation = (enum pattern_operation)bound.operation.value;
    out->counts = bound.select.node != NULL;
    out->segments = bound.segments.node != NULL ? bound.segments.value : 1;
    out->consistent_read = bound.consistent_read.value;
    if (bound.consistent_read.node != NULL) {
        out->consistent_read_span = bound.consistent_read.node->span;
    }
    out->scan_index_forward =
        bound.scan_index_forward.node == NULL || bound.scan_index_forward.value;
    out->limit = bound.limit.value;
    ok = read_parts(out, &bound, arena, diags) && ok;
    ok = check_whole(out, &bound, diags) && ok;
    out->broken = !ok;
    // The pattern is as good as it is, whatever is wrong with its examples.
    (void)(bound.examples == NULL || examples_read(&out->examples, &out->example_count,
                                                   bound.examples, arena, diags));
}
