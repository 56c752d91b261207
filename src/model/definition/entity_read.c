// `entities`: nodes enter, struct entity leaves, its templates still text.
#include "bind.h"
#include "entity.h"

struct entity_nodes {
    const struct node *node;
    struct bind_string for_each;
    struct bind_string when;
    const struct node *attributes;
};

// In the order of enum for_each; any other name is that of rows.
static const char *const FOR_EACH_WORDS[] = {"conversation", "participant", "message",
                                             NULL};
static const struct shape FOR_EACH_WORD_SHAPE = {SHAPE_WORD, .words = FOR_EACH_WORDS};
static const struct shape FOR_EACH_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&FOR_EACH_WORD_SHAPE, &FILLED_SHAPE)};

static const struct shape ATTRIBUTES_SHAPE = {SHAPE_MAPPING, .key = &VALUE_NAME_SHAPE,
                                              .of = &VALUE_SHAPE, .min = 1};

// An expression, a comparison and a literal, as compile/condition.c reads them.
static const struct shape WHEN_SHAPE = {
    SHAPE_STRING,
    .min = 1,
    .pattern = "^[ \\t]*\\$\\{[^\\u0000]*\\}[ \\t]*([=!]=|[<>])[^\\u0000]*$",
};

static const struct bind_key ENTITY_KEYS[] = {
    {"for_each", BIND_STRING, offsetof(struct entity_nodes, for_each), .required = true,
     .shape = &FOR_EACH_SHAPE,
     .doc =
         "What one item is made for: conversation, participant, message, or the name "
         "of a fixture's rows."},
    {"when", BIND_STRING, offsetof(struct entity_nodes, when), .shape = &WHEN_SHAPE,
     .doc = "A condition: the item is made only where it holds."},
    {"attributes", BIND_NODE, offsetof(struct entity_nodes, attributes),
     .required = true, .shape = &ATTRIBUTES_SHAPE,
     .doc = "The item's attributes: values and templates."},
};

static const struct bind_record ENTITY_RECORD = {
    "an entity", ENTITY_KEYS, sizeof ENTITY_KEYS / sizeof ENTITY_KEYS[0],
    offsetof(struct entity_nodes, node)};

const struct shape ENTITY_SHAPE = {SHAPE_RECORD, .record = &ENTITY_RECORD};

static bool read_attributes(struct entity *out, const struct node *node,
                            struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING || node->count == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'attributes' must be a mapping of at least one attribute");
        return false;
    }
    out->attributes_span = node->span;
    return value_read_attributes(&out->attributes, &out->count, node, true, arena,
                                 diags);
}

// True when a template in the value reads a row, as far as its text tells.
static bool reads_row(const struct value *value)
{
    bool reads = false;
    if (value == NULL) {
        return false;
    }
    if (value->type == VALUE_TEMPLATE) {
        return str_find(value->text, STR("row.")) < value->text.len;
    }
    for (size_t i = 0; i < value->count && !reads; i++) {
        reads = (value->type == VALUE_L && reads_row(value->items[i])) ||
                (value->type == VALUE_M && reads_row(value->entries[i].value));
    }
    return reads;
}

static bool entity_reads_row(const struct entity *entity)
{
    bool reads = false;
    for (size_t i = 0; i < entity->count && !reads; i++) {
        reads = reads_row(entity->attributes[i].value);
    }
    return reads;
}

// One of the words, or the name of rows. A name that is near one of the words, of an
// entity that reads no row, is that word misspelt.
static bool read_for_each(struct entity *out, const struct bind_string *bound,
                          struct diags *diags)
{
    struct str words[FOR_EACH_ROW];
    int word = FOR_EACH_ROW;
    for (int i = 0; i < FOR_EACH_ROW; i++) {
        words[i] = str_from(FOR_EACH_WORDS[i]);
        word = str_eq(bound->text, words[i]) ? i : word;
    }
    if (word == FOR_EACH_ROW && !entity_reads_row(out) &&
        str_nearest(bound->text, words, FOR_EACH_ROW) < FOR_EACH_ROW) {
        struct diag *diag =
            diag_add(diags, DIAG_WRONG_VALUE, bound->node->span,
                     "'for_each' cannot be %s", diag_quote(diags, bound->text));
        diag_help_nearest(diags, diag, bound->text, words, FOR_EACH_ROW);
        return false;
    }
    out->for_each = (enum for_each)word;
    out->for_each_span = bound->node->span;
    if (out->for_each == FOR_EACH_ROW) {
        out->rows = bound->text;
    }
    return true;
}

bool entity_is_on_create(const struct entity *entity, struct str name)
{
    size_t i = 0;
    while (i < entity->on_create_count && !str_eq(entity->on_create[i].name, name)) {
        i++;
    }
    return i < entity->on_create_count;
}

void entity_read(struct entity *out, const struct node_pair *pair, struct arena *arena,
                 struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    struct entity_nodes bound = {0};
    bool ok = bind_read(&bound, &ENTITY_RECORD, pair->value, diags);
    if (bound.when.node != NULL) {
        out->when = bound.when.text;
        out->when_span = bound.when.node->span;
    }
    if (bound.attributes != NULL) {
        ok = read_attributes(out, bound.attributes, arena, diags) && ok;
    }
    if (bound.for_each.node != NULL) {
        ok = read_for_each(out, &bound.for_each, diags) && ok;
    }
    out->broken = !ok;
}
