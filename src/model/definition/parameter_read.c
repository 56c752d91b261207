// `parameters` of an access pattern: nodes enter, names with types and defaults leave. A
// type is a word, a list of one word, or a mapping with `type` and `default`.
#include "parameter_read.h"

#include "bind.h"

// In the order of enum parameter_type.
static const char *const TYPES[] = {"handle", "string",  "uuid", "number",
                                    "binary", "boolean", NULL};
#define TYPE_COUNT (sizeof TYPES / sizeof TYPES[0] - 1)

struct typed_nodes {
    const struct node *node;
    const struct node *type;
    const struct node *fallback;
};

static const struct shape WORD_SHAPE = {SHAPE_WORD, .words = TYPES};
static const struct shape LIST_SHAPE = {SHAPE_LIST, .of = &WORD_SHAPE, .min = 1,
                                        .max = 1};
static const struct shape TYPE_SHAPE = {SHAPE_ANY_OF,
                                        .choices = SHAPES(&WORD_SHAPE, &LIST_SHAPE)};
static const struct shape SCALAR_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&TEXT_SHAPE, &NUMBER_SHAPE, &BOOL_SHAPE)};
static const struct shape DEFAULTS_SHAPE = {SHAPE_LIST, .of = &SCALAR_SHAPE};
static const struct shape DEFAULT_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&SCALAR_SHAPE, &DEFAULTS_SHAPE)};

static const struct bind_key TYPED_KEYS[] = {
    {"type", BIND_NODE, offsetof(struct typed_nodes, type), .required = true,
     .shape = &TYPE_SHAPE,
     .doc =
         "handle, string, uuid, number, binary or boolean, or a list of one of them."},
    {"default", BIND_NODE, offsetof(struct typed_nodes, fallback),
     .shape = &DEFAULT_SHAPE, .doc = "Its value where none is given."},
};
static const struct bind_record TYPED_RECORD = {
    "a parameter", TYPED_KEYS, sizeof TYPED_KEYS / sizeof TYPED_KEYS[0],
    offsetof(struct typed_nodes, node)};

static const struct shape PARAMETER_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(&WORD_SHAPE, &LIST_SHAPE,
                      &(const struct shape){SHAPE_RECORD, .record = &TYPED_RECORD})};
const struct shape PARAMETERS_SHAPE = {SHAPE_MAPPING, .of = &PARAMETER_SHAPE};

const char *parameter_type_name(enum parameter_type type)
{
    return TYPES[type];
}

static bool read_word(struct parameter *out, const struct node *type,
                      struct diags *diags)
{
    struct str names[TYPE_COUNT];
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        names[i] = str_from(TYPES[i]);
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
                          names, TYPE_COUNT);
    }
    return false;
}

static bool read_type(struct parameter *out, const struct node *type,
                      struct diags *diags)
{
    out->list = type->kind == NODE_SEQUENCE;
    if (!out->list) {
        return read_word(out, type, diags);
    }
    if (type->count != 1) {
        diag_add(diags, DIAG_WRONG_VALUE, type->span, "a list has one type: [string]");
        out->list =
            false; // one mistake is enough: keys don't complain of a list as well
        return false;
    }
    return read_word(out, type->items[0], diags);
}

static bool read_default(struct parameter *out, const struct node *node,
                         struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SCALAR || node_type(node) == NODE_NULL) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "the default of parameter %s cannot be %s",
                 diag_quote(diags, out->name), node_describe(node));
        return false;
    }
    out->defaults[out->default_count++] =
        (struct parameter_default){node->text, node->span};
    return true;
}

static bool read_defaults(struct parameter *out, const struct node *node,
                          struct arena *arena, struct diags *diags)
{
    bool listed = node->kind == NODE_SEQUENCE && !node->poisoned;
    bool ok = true;
    out->optional = true;
    if (listed != out->list && !node->poisoned) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 out->list ? "the default of parameter %s must be a list"
                           : "the default of parameter %s cannot be a list",
                 diag_quote(diags, out->name));
        return false;
    }
    out->defaults = arena_array(arena, listed ? node->count : 1, sizeof *out->defaults);
    for (size_t i = 0; listed && i < node->count; i++) {
        ok = read_default(out, node->items[i], diags) && ok;
    }
    return listed ? ok : read_default(out, node, diags);
}

static bool read_parameter(struct parameter *out, const struct node_pair *pair,
                           struct arena *arena, struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    if (pair->value->kind != NODE_MAPPING) {
        return read_type(out, pair->value, diags);
    }
    struct typed_nodes bound = {0};
    bool ok = bind_read(&bound, &TYPED_RECORD, pair->value, diags);
    ok = bound.type != NULL && read_type(out, bound.type, diags) && ok;
    if (ok && bound.fallback != NULL) {
        ok = read_defaults(out, bound.fallback, arena, diags);
    }
    return ok;
}

bool parameters_read(struct pattern *out, const struct node *node, struct arena *arena,
                     struct diags *diags)
{
    out->parameters_broken = node->kind != NODE_MAPPING || node->poisoned;
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
                            arena, diags) &&
             ok;
    }
    return ok;
}
