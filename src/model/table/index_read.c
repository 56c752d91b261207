// Secondary indexes: nodes enter, keys, projections and capacity leave. What needs the
// whole table is verified in table_check.c.
#include "index_read.h"

#include "bind.h"
#include "capacity_read.h"
#include "key_read.h"
#include "settings_read.h"
#include "table_check.h"

#define PROJECTION_MAX_NAMES 20 // A105

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
    struct capacity_nodes capacity;
    const struct node *contributor_insights;
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
            .required = true, .shape = &PROJECTION_SHAPE, /* A101 */                   \
            .doc = "ALL, KEYS_ONLY or {include: [names]}."                             \
    }

static const struct bind_key GLOBAL_INDEX_KEYS[] = {
    INDEX_COMMON_KEYS(GLOBAL_KEY_SHAPE),
    {"provisioned_throughput", BIND_NODE,
     offsetof(struct index_nodes, capacity.provisioned), .shape = &PROVISIONED_SHAPE,
     .doc = "The index's own capacity, when billing_mode is PROVISIONED."},
    {"on_demand_throughput", BIND_NODE,
     offsetof(struct index_nodes, capacity.on_demand), .shape = &ON_DEMAND_SHAPE,
     .doc = "The index's maximums, when billing_mode is PAY_PER_REQUEST."},
    {"warm_throughput", BIND_NODE, offsetof(struct index_nodes, capacity.warm),
     .shape = &WARM_SHAPE, .doc = "What the index is ready for at once."},
    {"contributor_insights", BIND_NODE,
     offsetof(struct index_nodes, contributor_insights), .shape = &INSIGHTS_SHAPE,
     .doc = "CloudWatch's view of the index's busiest keys."},
    {"tags", BIND_REFUSED, .doc = "tags are the table's (A170)"},
};

// A071, A170.
#define TABLES_OWN "a local index lives on the table's throughput (A071)"

static const struct bind_key LOCAL_INDEX_KEYS[] = {
    INDEX_COMMON_KEYS(LOCAL_KEY_SHAPE),
    {"provisioned_throughput", BIND_REFUSED, .doc = TABLES_OWN},
    {"on_demand_throughput", BIND_REFUSED, .doc = TABLES_OWN},
    {"warm_throughput", BIND_REFUSED, .doc = TABLES_OWN},
    {"contributor_insights", BIND_REFUSED,
     .doc = "only the table and its global indexes have them"},
    {"tags", BIND_REFUSED, .doc = "tags are the table's (A170)"},
};

static const struct bind_record GLOBAL_INDEX_RECORD = {
    "a global index", GLOBAL_INDEX_KEYS,
    sizeof GLOBAL_INDEX_KEYS / sizeof GLOBAL_INDEX_KEYS[0],
    offsetof(struct index_nodes, node)};
static const struct bind_record LOCAL_INDEX_RECORD = {
    "a local index", LOCAL_INDEX_KEYS,
    sizeof LOCAL_INDEX_KEYS / sizeof LOCAL_INDEX_KEYS[0],
    offsetof(struct index_nodes, node)};

static const struct shape GLOBAL_INDEX_SHAPE = {SHAPE_RECORD,
                                                .record = &GLOBAL_INDEX_RECORD};
static const struct shape LOCAL_INDEX_SHAPE = {SHAPE_RECORD,
                                               .record = &LOCAL_INDEX_RECORD};
const struct shape GLOBAL_INDEXES_SHAPE = {SHAPE_MAPPING, .key = &TABLE_NAME_SHAPE,
                                           .of = &GLOBAL_INDEX_SHAPE, .min = 1,
                                           .max = INDEX_MAX};
const struct shape LOCAL_INDEXES_SHAPE = {SHAPE_MAPPING, .key = &TABLE_NAME_SHAPE,
                                          .of = &LOCAL_INDEX_SHAPE, .min = 1,
                                          .max = LOCAL_INDEX_MAX};

// A102, A104, A107.
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
        ok = attribute_name_read(name, list->items[i], "'include'", diags) && ok;
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
        ok = key_schema_read(&out->key, bound.key_schema, !local, diags) && ok;
    }
    if (bound.projection != NULL) {
        ok = read_projection(&out->projection, bound.projection, arena, diags) && ok;
    }
    ok = capacity_read(&out->capacity, &bound.capacity, diags) && ok;
    if (bound.node == NULL) { // it is no mapping: what it lacks is not known
        out->capacity.provisioned.refused = true;
    }
    ok = insights_read(&out->contributor_insights, bound.contributor_insights, diags) &&
         ok;
    return ok;
}

bool indexes_read(struct table *out, const struct node *node, bool local,
                  struct arena *arena, struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        out->indexes_broken = out->indexes_broken || node != NULL;
        return node == NULL;
    }
    const char *what = local ? "local_secondary_indexes" : "global_secondary_indexes";
    out->indexes_broken =
        out->indexes_broken || node->kind != NODE_MAPPING || node->count == 0;
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, node->count == 0 ? DIAG_INDEX_EMPTY : DIAG_WRONG_TYPE,
                 node->span, "'%s' must be a mapping from names to indexes, and is %s",
                 what, node_describe(node));
        return false;
    }
    if (node->count == 0) { // A067, A081
        struct diag *diag =
            diag_add(diags, DIAG_INDEX_EMPTY, node->span, "'%s' is empty", what);
        diag_help(diags, diag, "leave it out");
        return false;
    }
    if (node->count > INDEX_MAX) {
        diag_add(diags, DIAG_INDEX_COUNT, node->span, "'%s' has more than %d indexes",
                 what, INDEX_MAX);
        out->indexes_broken = true;
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
