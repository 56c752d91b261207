// Key schemas: nodes enter, the attributes' names leave. Whether they are defined is
// known to table_check.c.
#include "key_read.h"

#include "bind.h"
#include "table_check.h"

struct key_schema_nodes {
    const struct node *node;
    const struct node *hash;
    const struct node *range;
};

static const struct bind_key KEY_SCHEMA_KEYS[] = {
    // A044
    {"hash", BIND_NODE, offsetof(struct key_schema_nodes, hash), .required = true,
     .shape = &ATTRIBUTE_NAME_SHAPE, .doc = "The partition key's attribute."},
    {"range", BIND_NODE, offsetof(struct key_schema_nodes, range),
     .shape = &ATTRIBUTE_NAME_SHAPE, .doc = "The sort key's attribute."},
};

static const struct bind_record KEY_SCHEMA_RECORD = {
    "key_schema", KEY_SCHEMA_KEYS, 2, offsetof(struct key_schema_nodes, node)};

const struct shape KEY_SCHEMA_SHAPE = {SHAPE_RECORD, .name = "key_schema",
                                       .record = &KEY_SCHEMA_RECORD};
const struct shape LOCAL_KEY_SHAPE = { // A063: its own range key
    SHAPE_RECORD, .record = &KEY_SCHEMA_RECORD, .has = "range"};

// A global index's key: an attribute, or up to four (A040, A041).
static const struct shape KEY_PARTS_SHAPE = {
    SHAPE_ANY_OF,
    .choices =
        SHAPES(&ATTRIBUTE_NAME_SHAPE,
               &(const struct shape){SHAPE_LIST, .of = &ATTRIBUTE_NAME_SHAPE, .min = 1,
                                     .max = KEY_MAX_PARTS, .distinct = true})};

static const struct bind_key GLOBAL_KEY_KEYS[] = {
    {"hash", BIND_NODE, offsetof(struct key_schema_nodes, hash), .required = true,
     .shape = &KEY_PARTS_SHAPE,
     .doc = "The partition key's attribute, or a list of up to 4."},
    {"range", BIND_NODE, offsetof(struct key_schema_nodes, range),
     .shape = &KEY_PARTS_SHAPE,
     .doc = "The sort key's attribute, or a list of up to 4."},
};

static const struct bind_record GLOBAL_KEY_RECORD = {
    "key_schema", GLOBAL_KEY_KEYS, 2, offsetof(struct key_schema_nodes, node)};

const struct shape GLOBAL_KEY_SHAPE = {SHAPE_RECORD, .record = &GLOBAL_KEY_RECORD};

// A109: a string.
bool attribute_name_read(struct key_part *out, const struct node *node,
                         const char *what, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SCALAR || node_type(node) != NODE_S) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "%s is %s, and must be an attribute's name", what,
                 node_describe(node));
        return false;
    }
    *out = (struct key_part){node->text, node->span};
    return table_check_attribute_name(node->text, node->span, diags);
}

// One side of a key schema: a name (A020), or in a global index a list of up to four
// (A040, A041, A047).
static bool read_key_parts(struct key_part parts[KEY_MAX_PARTS], size_t *count,
                           const struct node *node, const char *what, bool lists,
                           struct diags *diags)
{
    if (node->kind != NODE_SEQUENCE) {
        *count = 1;
        return attribute_name_read(&parts[0], node, what, diags);
    }
    if (!lists) {
        diag_add(diags, DIAG_KEY_SCHEMA, node->span,
                 "%s is a list; only a global index may have several", what);
        return false;
    }
    if (node->count == 0 || node->count > KEY_MAX_PARTS) {
        diag_add(diags, DIAG_KEY_SCHEMA, node->span,
                 "%s has %zu attributes, and takes 1 to %d", what, (size_t)node->count,
                 KEY_MAX_PARTS);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        ok = attribute_name_read(&parts[i], node->items[i], what, diags) && ok;
    }
    *count = node->count;
    return ok;
}

static const struct key_part *key_part_at(const struct key_schema *key, size_t i)
{
    return i < key->hash_count ? &key->hash[i] : &key->range[i - key->hash_count];
}

// A022, A045.
static bool check_distinct_parts(const struct key_schema *key, struct diags *diags)
{
    size_t count = key->hash_count + key->range_count;
    for (size_t i = 1; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct key_part *second = key_part_at(key, i);
            const struct key_part *first = key_part_at(key, j);
            if (!str_eq(first->name, second->name)) {
                continue;
            }
            struct diag *diag =
                diag_add(diags, DIAG_KEY_SCHEMA, second->span,
                         "%s stands twice in one key", diag_quote(diags, second->name));
            diag_related(diags, diag, first->span, "first here");
            return false;
        }
    }
    return true;
}

bool key_schema_read(struct key_schema *out, const struct node *node, bool lists,
                     struct diags *diags)
{
    struct key_schema_nodes bound = {0};
    const struct bind_record *record = lists ? &GLOBAL_KEY_RECORD : &KEY_SCHEMA_RECORD;
    if (!bind_read(&bound, record, node, diags)) {
        return false;
    }
    out->span = node->span;
    bool ok =
        read_key_parts(out->hash, &out->hash_count, bound.hash, "'hash'", lists, diags);
    if (bound.range != NULL) {
        ok = read_key_parts(out->range, &out->range_count, bound.range, "'range'",
                            lists, diags) &&
             ok;
    }
    out->known = ok && check_distinct_parts(out, diags);
    return out->known;
}
