// `entities`: nodes enter, struct entity leaves, its templates still text.
#include "bind.h"
#include "entity.h"

struct entity_nodes {
    const struct node *node;
    struct bind_enum for_each;
    struct bind_string when;
    const struct node *attributes;
};

static const char *const FOR_EACH_NAMES[] = {"conversation", "participant", "message",
                                             NULL};

static const struct shape ATTRIBUTES_SHAPE = {SHAPE_MAPPING, .key = &VALUE_NAME_SHAPE,
                                              .of = &VALUE_SHAPE, .min = 1};

static const struct bind_key ENTITY_KEYS[] = {
    {"for_each", BIND_ENUM, offsetof(struct entity_nodes, for_each), .required = true,
     .names = FOR_EACH_NAMES,
     .doc = "What one item is made for: conversation, participant or message."},
    {"when", BIND_STRING, offsetof(struct entity_nodes, when),
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
    out->attributes = arena_array(arena, node->count, sizeof *out->attributes);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        if (key->text.len == 0 || key->text.len > 65535) {
            diag_add(diags, DIAG_ATTRIBUTE_NAME, key->span,
                     "an attribute name has 1 to 65,535 bytes, this one %zu",
                     key->text.len);
            ok = false;
        }
        struct value *value = value_read(node->pairs[i].value, true, arena, diags);
        ok = value != NULL && ok;
        out->attributes[out->count++] =
            (struct value_entry){key->text, key->span, value};
    }
    return ok;
}

bool entity_read(struct entity *out, const struct node_pair *pair, struct arena *arena,
                 struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    struct entity_nodes bound = {0};
    bool ok = bind_read(&bound, &ENTITY_RECORD, pair->value, diags);
    out->for_each = (enum for_each)bound.for_each.value;
    if (bound.when.node != NULL) {
        out->when = bound.when.text;
        out->when_span = bound.when.node->span;
    }
    if (bound.attributes != NULL) {
        ok = read_attributes(out, bound.attributes, arena, diags) && ok;
    }
    out->broken = !ok;
    return ok;
}
