// `entities`: nodes enter, struct entity leaves, its templates still text.
#include "bind.h"
#include "entity.h"

struct entity_nodes {
    const struct node *node;
    struct bind_string for_each;
    struct bind_string when;
    const struct node *attributes;
    const struct node *on_create;
    struct bind_enum other_attributes;
    struct bind_string was;
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

static const struct shape NAMES_SHAPE = {SHAPE_LIST, .of = &VALUE_NAME_SHAPE, .min = 1,
                                         .distinct = true};

static const char *const OTHERS_WORDS[] = {"remove", "keep", NULL};
enum others { OTHERS_REMOVE, OTHERS_KEEP };

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
    {"on_create", BIND_NODE, offsetof(struct entity_nodes, on_create),
     .shape = &NAMES_SHAPE,
     .doc = "Attributes that are given when the item is made and belong to the "
            "application afterwards."},
    {"other_attributes", BIND_ENUM, offsetof(struct entity_nodes, other_attributes),
     .names = OTHERS_WORDS,
     .doc = "What becomes of attributes of a live item that the entity does not name: "
            "remove (the default) or keep."},
    {"was", BIND_STRING, offsetof(struct entity_nodes, was), .shape = &FILLED_SHAPE,
     .doc = "The entity's name before it was renamed: its items are known by it."},
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

static bool has_attribute(const struct entity *entity, struct str name)
{
    size_t i = 0;
    while (i < entity->count && !str_eq(entity->attributes[i].name, name)) {
        i++;
    }
    return i < entity->count;
}

// A name of `on_create`, which has to be an attribute's. Without attributes, which are
// diagnosed, it may be.
static bool check_on_create(const struct entity *entity, const struct node *item,
                            struct arena *arena, struct diags *diags)
{
    if (item->kind != NODE_SCALAR || node_type(item) != NODE_S) {
        if (!item->poisoned) {
            diag_add(diags, DIAG_WRONG_TYPE, item->span,
                     "'on_create' takes names of attributes, and this is %s",
                     node_describe(item));
        }
        return false;
    }
    if (entity_is_on_create(entity, item->text)) {
        diag_add(diags, DIAG_ON_CREATE, item->span, "%s stands here twice",
                 diag_quote(diags, item->text));
        return false;
    }
    if (entity->count > 0 && !has_attribute(entity, item->text)) {
        struct str *names = arena_array(arena, entity->count, sizeof *names);
        for (size_t i = 0; i < entity->count; i++) {
            names[i] = entity->attributes[i].name;
        }
        struct diag *diag =
            diag_add(diags, DIAG_ON_CREATE, item->span, "entity %s has no attribute %s",
                     diag_quote(diags, entity->name), diag_quote(diags, item->text));
        diag_help_nearest(diags, diag, item->text, names, entity->count);
        return false;
    }
    return true;
}

static bool read_on_create(struct entity *out, const struct node *node,
                           struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SEQUENCE || node->count == 0) {
        struct diag *diag = diag_add(diags, DIAG_WRONG_TYPE, node->span,
                                     "'on_create' must be a list of attributes' names");
        diag_help(diags, diag, "write it as [ name ]");
        return false;
    }
    bool ok = true;
    out->on_create = arena_array(arena, node->count, sizeof *out->on_create);
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item = node->items[i];
        if (check_on_create(out, item, arena, diags)) {
            out->on_create[out->on_create_count++] =
                (struct named){item->text, item->span};
        } else {
            ok = false;
        }
    }
    return ok;
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
    if (bound.on_create != NULL) {
        ok = read_on_create(out, bound.on_create, arena, diags) && ok;
    }
    out->keeps_others = bound.other_attributes.value == OTHERS_KEEP;
    if (bound.was.node != NULL) {
        out->was = (struct named){bound.was.text, bound.was.node->span};
    }
    if (bound.for_each.node != NULL) {
        ok = read_for_each(out, &bound.for_each, diags) && ok;
    }
    out->broken = !ok;
}
