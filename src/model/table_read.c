// The table's part of a definition: nodes enter, struct table leaves. Shapes and single
// values are verified here, what needs the whole table in table_check.c.
#include "table_read.h"

#include "table_check.h"

#include <stdint.h>

#define CAPACITY_MAX INT64_C(1000000000000) // A124
#define PROJECTION_MAX_NAMES 20             // A105

const char *const BILLING_MODE_NAMES[] = {"PROVISIONED", "PAY_PER_REQUEST", NULL};

const struct shape ATTRIBUTE_DEFINITIONS_SHAPE = {
    SHAPE_MAPPING, .key = &ATTRIBUTE_NAME_SHAPE,
    .of = &(const struct shape){SHAPE_WORD,
                                .words = (const char *const[]){"S", "N", "B", NULL}},
    .min = 1};

struct throughput_nodes {
    const struct node *node;
    struct bind_int read_capacity_units;
    struct bind_int write_capacity_units;
};

static const struct bind_key THROUGHPUT_KEYS[] = {
    {"read_capacity_units", BIND_INT,
     offsetof(struct throughput_nodes, read_capacity_units), .required = true, .min = 1,
     .max = CAPACITY_MAX, .doc = "Reads of 4 KB a second."},
    {"write_capacity_units", BIND_INT,
     offsetof(struct throughput_nodes, write_capacity_units), .required = true,
     .min = 1, .max = CAPACITY_MAX, .doc = "Writes of 1 KB a second."},
};

static const struct bind_record THROUGHPUT_RECORD = {
    "provisioned_throughput", THROUGHPUT_KEYS, 2,
    offsetof(struct throughput_nodes, node)};

const struct shape THROUGHPUT_SHAPE = {SHAPE_RECORD, .name = "provisioned_throughput",
                                       .record = &THROUGHPUT_RECORD};

struct key_schema_nodes {
    const struct node *node;
    const struct node *hash;
    const struct node *range;
};

static const struct bind_key KEY_SCHEMA_KEYS[] = {
    {"hash", BIND_NODE, offsetof(struct key_schema_nodes, hash), .required = true,
     .shape = &ATTRIBUTE_NAME_SHAPE, .doc = "The partition key's attribute."},
    {"range", BIND_NODE, offsetof(struct key_schema_nodes, range),
     .shape = &ATTRIBUTE_NAME_SHAPE, .doc = "The sort key's attribute."},
};

static const struct bind_record KEY_SCHEMA_RECORD = {
    "key_schema", KEY_SCHEMA_KEYS, 2, offsetof(struct key_schema_nodes, node)};

const struct shape KEY_SCHEMA_SHAPE = {SHAPE_RECORD, .name = "key_schema",
                                       .record = &KEY_SCHEMA_RECORD};

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

static const struct shape GLOBAL_KEY_SHAPE = {SHAPE_RECORD,
                                              .record = &GLOBAL_KEY_RECORD};

struct projection_nodes {
    const struct node *node;
    const struct node *include;
};

static const struct shape INCLUDE_SHAPE = {SHAPE_LIST, .of = &ATTRIBUTE_NAME_SHAPE,
                                           .min = 1, .max = PROJECTION_MAX_NAMES,
                                           .distinct = true};

static const struct bind_key PROJECTION_KEYS[] = {
    {"include", BIND_NODE, offsetof(struct projection_nodes, include), .required = true,
     .shape = &INCLUDE_SHAPE,
     .doc = "The attributes that are copied into the index beside the keys."},
};

static const struct bind_record PROJECTION_RECORD = {
    "projection", PROJECTION_KEYS, 1, offsetof(struct projection_nodes, node)};

static const char *const PROJECTION_NAMES[] = {"ALL", "KEYS_ONLY", NULL};

static const struct shape PROJECTION_SHAPE = {
    SHAPE_ANY_OF, .name = "projection",
    .choices =
        SHAPES(&(const struct shape){SHAPE_WORD, .words = PROJECTION_NAMES},
               &(const struct shape){SHAPE_RECORD, .record = &PROJECTION_RECORD})};

struct index_nodes {
    const struct node *node;
    const struct node *key_schema;
    const struct node *projection;
    const struct node *provisioned_throughput;
};

#define INDEX_COMMON_KEYS(key)                                                         \
    {"key_schema",                                                                     \
     BIND_NODE,                                                                        \
     offsetof(struct index_nodes, key_schema),                                         \
     .required = true,                                                                 \
     .shape = &(key),                                                                  \
     .doc = "The index's hash and range attributes."},                                 \
    {                                                                                  \
        "projection", BIND_NODE, offsetof(struct index_nodes, projection),             \
            .required = true, .shape = &PROJECTION_SHAPE,                              \
            .doc = "ALL, KEYS_ONLY or {include: [names]}."                             \
    }

static const struct bind_key GLOBAL_INDEX_KEYS[] = {
    INDEX_COMMON_KEYS(GLOBAL_KEY_SHAPE),
    {"provisioned_throughput", BIND_NODE,
     offsetof(struct index_nodes, provisioned_throughput), .shape = &THROUGHPUT_SHAPE,
     .doc = "The index's own capacity, when billing_mode is PROVISIONED."},
};

static const struct bind_key LOCAL_INDEX_KEYS[] = {INDEX_COMMON_KEYS(KEY_SCHEMA_SHAPE)};

static const struct bind_record GLOBAL_INDEX_RECORD = {
    "a global index", GLOBAL_INDEX_KEYS, 3, offsetof(struct index_nodes, node)};
static const struct bind_record LOCAL_INDEX_RECORD = {
    "a local index", LOCAL_INDEX_KEYS, 2, offsetof(struct index_nodes, node)};

static const struct shape GLOBAL_INDEX_SHAPE = {SHAPE_RECORD,
                                                .record = &GLOBAL_INDEX_RECORD};
static const struct shape LOCAL_INDEX_SHAPE = {SHAPE_RECORD,
                                               .record = &LOCAL_INDEX_RECORD};
const struct shape GLOBAL_INDEXES_SHAPE = {SHAPE_MAPPING, .key = &TABLE_NAME_SHAPE,
                                           .of = &GLOBAL_INDEX_SHAPE, .min = 1,
                                           .max = GLOBAL_INDEX_MAX};
const struct shape LOCAL_INDEXES_SHAPE = {SHAPE_MAPPING, .key = &TABLE_NAME_SHAPE,
                                          .of = &LOCAL_INDEX_SHAPE, .min = 1,
                                          .max = LOCAL_INDEX_MAX};

static bool read_throughput(struct throughput *out, const struct node *node,
                            struct diags *diags)
{
    struct throughput_nodes bound = {0};
    if (!bind_read(&bound, &THROUGHPUT_RECORD, node, diags)) {
        return false;
    }
    *out = (struct throughput){
        .set = true,
        .read_capacity_units = bound.read_capacity_units.value,
        .write_capacity_units = bound.write_capacity_units.value,
        .span = node->span,
    };
    return true;
}

static bool read_attribute_name(struct key_part *out, const struct node *node,
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

// One side of a key schema: a name, or in a global index a list of up to four (A040,
// A041).
static bool read_key_parts(struct key_part parts[KEY_MAX_PARTS], size_t *count,
                           const struct node *node, const char *what, bool lists,
                           struct diags *diags)
{
    if (node->kind != NODE_SEQUENCE) {
        *count = 1;
        return read_attribute_name(&parts[0], node, what, diags);
    }
    if (!lists) {
        diag_add(diags, DIAG_KEY_SCHEMA, node->span,
                 "%s is a list; only a global index may have several", what);
        return false;
    }
    if (node->count == 0 || node->count > KEY_MAX_PARTS) {
        diag_add(diags, DIAG_KEY_SCHEMA, node->span,
                 "%s has %zu attributes, and takes 1 to %d", what, node->count,
                 KEY_MAX_PARTS);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        ok = read_attribute_name(&parts[i], node->items[i], what, diags) && ok;
    }
    *count = node->count;
    return ok;
}

static const struct key_part *key_part_at(const struct key_schema *key, size_t i)
{
    return i < key->hash_count ? &key->hash[i] : &key->range[i - key->hash_count];
}

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

static bool read_key_schema(struct key_schema *out, const struct node *node, bool lists,
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

static bool read_include(struct projection *out, const struct node *node,
                         struct arena *arena, struct diags *diags)
{
    struct projection_nodes bound = {0};
    if (!bind_read(&bound, &PROJECTION_RECORD, node, diags)) {
        return false;
    }
    const struct node *list = bound.include;
    if (list->kind != NODE_SEQUENCE || list->count == 0 ||
        list->count > PROJECTION_MAX_NAMES) {
        diag_add(diags, DIAG_PROJECTION, list->span,
                 "'include' must be a list of 1 to %d attribute names",
                 PROJECTION_MAX_NAMES);
        return false;
    }
    out->names = arena_array(arena, list->count, sizeof *out->names);
    bool ok = true;
    for (size_t i = 0; i < list->count; i++) {
        struct key_part *name = &out->names[i];
        ok = read_attribute_name(name, list->items[i], "'include'", diags) && ok;
        for (size_t j = 0; j < i; j++) {
            if (ok && str_eq(out->names[j].name, name->name)) {
                diag_add(diags, DIAG_PROJECTION, name->span,
                         "%s stands twice in 'include'", diag_quote(diags, name->name));
                ok = false;
            }
        }
    }
    out->count = list->count;
    return ok;
}

static bool read_projection(struct projection *out, const struct node *node,
                            struct arena *arena, struct diags *diags)
{
    out->span = node->span;
    if (node->poisoned) {
        return false;
    }
    if (node->kind == NODE_MAPPING) {
        out->type = PROJECTION_INCLUDE;
        return read_include(out, node, arena, diags);
    }
    if (node->kind == NODE_SCALAR && str_is(node->text, "ALL")) {
        out->type = PROJECTION_ALL;
        return true;
    }
    if (node->kind == NODE_SCALAR && str_is(node->text, "KEYS_ONLY")) {
        out->type = PROJECTION_KEYS_ONLY;
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_PROJECTION, node->span,
                 "a projection is ALL, KEYS_ONLY or {include: [names]}");
    if (node->kind == NODE_SCALAR) {
        static const struct str NAMES[] = {{"ALL", 3}, {"KEYS_ONLY", 9}};
        diag_help_nearest(diags, diag, node->text, NAMES, 2);
    }
    return false;
}

static bool read_index(struct secondary_index *out, const struct node_pair *pair,
                       bool local, struct arena *arena, struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    out->local = local;
    bool ok = table_check_name(out->name, out->span, "an index name", diags);
    struct index_nodes bound = {0};
    ok = bind_read(&bound, local ? &LOCAL_INDEX_RECORD : &GLOBAL_INDEX_RECORD,
                   pair->value, diags) &&
         ok;
    if (bound.key_schema != NULL) {
        ok = read_key_schema(&out->key, bound.key_schema, !local, diags) && ok;
    }
    if (bound.projection != NULL) {
        ok = read_projection(&out->projection, bound.projection, arena, diags) && ok;
    }
    if (bound.provisioned_throughput != NULL) {
        ok = read_throughput(&out->throughput, bound.provisioned_throughput, diags) &&
             ok;
    }
    return ok;
}

static bool read_indexes(struct table *out, const struct node *node, bool local,
                         struct arena *arena, struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        return node == NULL;
    }
    const char *what = local ? "local_secondary_indexes" : "global_secondary_indexes";
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, node->count == 0 ? DIAG_INDEX_EMPTY : DIAG_WRONG_TYPE,
                 node->span, "'%s' must be a mapping from names to indexes, and is %s",
                 what, node_describe(node));
        return false;
    }
    if (node->count == 0) {
        struct diag *diag =
            diag_add(diags, DIAG_INDEX_EMPTY, node->span, "'%s' is empty", what);
        diag_help(diags, diag, "leave it out");
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        ok = read_index(&out->indexes[out->index_count++], &node->pairs[i], local,
                        arena, diags) &&
             ok;
    }
    return ok;
}

static bool read_attribute_definitions(struct table *out, const struct node *node,
                                       struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(
            diags, DIAG_WRONG_TYPE, node->span,
            "'attribute_definitions' must be a mapping from names to S, N or B, and is "
            "%s",
            node_describe(node));
        return false;
    }
    out->attributes_known = true;
    out->attributes = arena_array(arena, node->count, sizeof *out->attributes);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        const struct node *value = node->pairs[i].value;
        ok = table_check_attribute_name(key->text, key->span, diags) && ok;
        bool legal = value->kind == NODE_SCALAR && value->text.len == 1 &&
                     (value->text.at[0] == 'S' || value->text.at[0] == 'N' ||
                      value->text.at[0] == 'B');
        if (!legal && !value->poisoned) {
            struct diag *diag =
                diag_add(diags, DIAG_ATTRIBUTE_TYPE, value->span,
                         "the type of key attribute %s must be S, N or B",
                         diag_quote(diags, key->text));
            diag_help(diags, diag,
                      "a key is a string, a number or binary; other attributes "
                      "need no definition");
        }
        ok = ok && legal;
        out->attributes[out->attribute_count++] = (struct attribute_definition){
            key->text, legal ? value->text.at[0] : 'S', key->span};
    }
    return ok;
}

static size_t count_of(const struct node *node)
{
    return node == NULL ? 0 : node->count;
}

bool table_read(struct table *out, const struct table_nodes *nodes, struct arena *arena,
                struct diags *diags)
{
    size_t errors = diags->errors;
    bool ok = true;
    out->span = nodes->span;
    if (nodes->table_name.node != NULL) {
        out->name = nodes->table_name.text;
        out->span = nodes->table_name.node->span;
        ok = table_check_name(out->name, out->span, "a table name", diags);
    }
    if (nodes->attribute_definitions != NULL) {
        ok = read_attribute_definitions(out, nodes->attribute_definitions, arena,
                                        diags) &&
             ok;
    }
    if (nodes->key_schema != NULL) {
        ok = read_key_schema(&out->key, nodes->key_schema, false, diags) && ok;
    }
    out->indexes = arena_array(arena,
                               count_of(nodes->local_secondary_indexes) +
                                   count_of(nodes->global_secondary_indexes),
                               sizeof *out->indexes);
    ok = read_indexes(out, nodes->local_secondary_indexes, true, arena, diags) && ok;
    ok = read_indexes(out, nodes->global_secondary_indexes, false, arena, diags) && ok;
    if (nodes->billing_mode.node != NULL) {
        out->billing_mode = (enum billing_mode)nodes->billing_mode.value;
        out->billing_mode_span = nodes->billing_mode.node->span;
    } else if (nodes->billing_mode_wrong) {
        out->billing_mode = BILLING_UNKNOWN;
    }
    if (nodes->provisioned_throughput != NULL) {
        out->throughput.refused =
            !read_throughput(&out->throughput, nodes->provisioned_throughput, diags);
        ok = ok && !out->throughput.refused;
    }
    // What was refused is passed over there, so that one run shows all mistakes.
    return table_check(out, diags) && ok && diags->errors == errors;
}
