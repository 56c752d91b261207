// A whole definition: its top-level keys are bound here, each part is read by its own
// file.
#include "definition.h"

#include "bind.h"
#include "external.h"
#include "index_read.h"
#include "key_read.h"
#include "policy_read.h"
#include "table_check.h"
#include "table_read.h"
#include "tags_read.h"

struct definition_nodes {
    const struct node *node;
    struct table_nodes table;
    const struct node *handles;
    const struct node *entities;
    const struct node *access_patterns;
    const struct node *fixtures;
    const struct node *tests;
};

#define TABLE_OFFSET(member)                                                           \
    (offsetof(struct definition_nodes, table) + offsetof(struct table_nodes, member))

static const struct shape ENTITIES_SHAPE = {SHAPE_MAPPING, .of = &ENTITY_SHAPE};
static const struct shape PATTERNS_SHAPE = {SHAPE_MAPPING, .of = &PATTERN_SHAPE};
static const struct shape FIXTURES_SHAPE = {SHAPE_LIST, .of = &FILLED_SHAPE};

// A280; A177.
#define NO_VECTORS                                                                     \
    "vector indexes are not supported yet (A280): add them to the table by other "     \
    "means"
#define ONE_REGION "a definition is of a table in one region (A177)"

static const struct bind_key DEFINITION_KEYS[] = {
    {"table_name", BIND_STRING, TABLE_OFFSET(table_name), .required = true,
     .shape = &TABLE_NAME_SHAPE, .doc = "3 to 255 characters of a-z A-Z 0-9 _ . -"},
    {"table", BIND_ENUM, TABLE_OFFSET(external), .names = TABLE_KINDS,
     .doc =
         "external: others made the table and set it; here is what is needed of it."},
    {"attribute_definitions", BIND_NODE, TABLE_OFFSET(attribute_definitions),
     .required = true, .shape = &ATTRIBUTE_DEFINITIONS_SHAPE, // A028
     .doc = "The types of the key attributes, and of no others."},
    {"key_schema", BIND_NODE, TABLE_OFFSET(key_schema), .required = true,
     .shape = &KEY_SCHEMA_SHAPE, .doc = "The table's hash and range attributes."},
    {"local_secondary_indexes", BIND_NODE, TABLE_OFFSET(local_secondary_indexes),
     .shape = &LOCAL_INDEXES_SHAPE,
     .doc = "Up to 5 indexes with the table's hash key."},
    {"global_secondary_indexes", BIND_NODE, TABLE_OFFSET(global_secondary_indexes),
     .shape = &GLOBAL_INDEXES_SHAPE, .doc = "Up to 20 indexes with keys of their own."},
    {"billing_mode", BIND_ENUM, TABLE_OFFSET(billing_mode), .names = BILLING_MODE_NAMES,
     .doc = "PROVISIONED (the default) or PAY_PER_REQUEST."},
    {"provisioned_throughput", BIND_NODE, TABLE_OFFSET(capacity.provisioned),
     .shape = &PROVISIONED_SHAPE,
     .doc = "The table's capacity, when billing_mode is PROVISIONED."},
    {"on_demand_throughput", BIND_NODE, TABLE_OFFSET(capacity.on_demand),
     .shape = &ON_DEMAND_SHAPE,
     .doc = "The table's maximums, when billing_mode is PAY_PER_REQUEST."},
    {"warm_throughput", BIND_NODE, TABLE_OFFSET(capacity.warm), .shape = &WARM_SHAPE,
     .doc = "What the table is ready for at once."},
    {"stream_specification", BIND_NODE, TABLE_OFFSET(settings.stream_specification),
     .shape = &STREAM_SHAPE, .doc = "A stream of the changes to items."},
    {"sse_specification", BIND_NODE, TABLE_OFFSET(settings.sse_specification),
     .shape = &SSE_SHAPE, .doc = "Encryption with a key of KMS."},
    {"table_class", BIND_ENUM, TABLE_OFFSET(settings.table_class),
     .names = TABLE_CLASS_NAMES,
     .doc = "STANDARD (the default) or STANDARD_INFREQUENT_ACCESS."},
    {"deletion_protection_enabled", BIND_BOOL,
     TABLE_OFFSET(settings.deletion_protection_enabled),
     .doc = "true: the table cannot be deleted."},
    {"tags", BIND_NODE, TABLE_OFFSET(settings.tags), .shape = &TAGS_SHAPE,
     .doc = "Up to 50 names with values, for bills and permissions."},
    {"resource_policy", BIND_NODE, TABLE_OFFSET(settings.resource_policy),
     .shape = &POLICY_SHAPE, .doc = "Who may use the table: JSON text, or a mapping."},
    {"time_to_live", BIND_NODE, TABLE_OFFSET(settings.time_to_live),
     .shape = &TIME_TO_LIVE_SHAPE, .doc = "The attribute that says when an item ends."},
    {"point_in_time_recovery", BIND_NODE, TABLE_OFFSET(settings.point_in_time_recovery),
     .shape = &RECOVERY_SHAPE, .doc = "Continuous backups."},
    {"contributor_insights", BIND_NODE, TABLE_OFFSET(settings.contributor_insights),
     .shape = &INSIGHTS_SHAPE, .doc = "CloudWatch's view of the table's busiest keys."},
    {"handles", BIND_NODE, offsetof(struct definition_nodes, handles),
     .shape = &HANDLES_SHAPE, .doc = "Where handles are looked up."},
    {"entities", BIND_NODE, offsetof(struct definition_nodes, entities),
     .shape = &ENTITIES_SHAPE, .doc = "What items are made of fixtures."},
    {"access_patterns", BIND_NODE, offsetof(struct definition_nodes, access_patterns),
     .shape = &PATTERNS_SHAPE, .doc = "The queries that the table is made for."},
    {"fixtures", BIND_NODE, offsetof(struct definition_nodes, fixtures),
     .shape = &FIXTURES_SHAPE,
     .doc = "Paths and globs of fixtures, relative to this file."},
    {"tests", BIND_NODE, offsetof(struct definition_nodes, tests),
     .shape = &FIXTURES_SHAPE,
     .doc = "Paths and globs of files of examples, relative to this file."},
    {"vector_indexes", BIND_REFUSED, .doc = NO_VECTORS},
    {"replicas", BIND_REFUSED, .doc = ONE_REGION},
    {"global_table_source_arn", BIND_REFUSED, .doc = ONE_REGION},
    {"global_table_settings_replication_mode", BIND_REFUSED, .doc = ONE_REGION},
};

static const struct bind_record DEFINITION_RECORD = {
    "the definition", DEFINITION_KEYS,
    sizeof DEFINITION_KEYS / sizeof DEFINITION_KEYS[0],
    offsetof(struct definition_nodes, node)};

const struct shape DEFINITION_SHAPE = {SHAPE_RECORD, .record = &DEFINITION_RECORD};

bool definition_is(const struct node *root)
{
    bool is = false;
    for (size_t i = 0; i < DEFINITION_RECORD.count && !is; i++) {
        // Fixtures have a `table`, too: which one their items are for.
        is = DEFINITION_KEYS[i].offset != TABLE_OFFSET(external) &&
             node_find(root, DEFINITION_KEYS[i].name) != NULL;
    }
    return is;
}

// A mapping from names to records; poisoned and absent ones have none.
static bool is_mapping(const struct node *node, const char *what, struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'%s' must be a mapping from names, and is %s", what,
                 node_describe(node));
        return false;
    }
    return true;
}

// A key says which item it is: what the application changes it into is another item.
static bool check_on_create(const struct definition *definition,
                            const struct entity *entity, struct diags *diags)
{
    const struct key_schema *key = &definition->table.key;
    bool ok = true;
    for (size_t i = 0; i < entity->on_create_count; i++) {
        const struct named *given = &entity->on_create[i];
        if ((key->hash_count > 0 && str_eq(given->name, key->hash[0].name)) ||
            (key->range_count > 0 && str_eq(given->name, key->range[0].name))) {
            struct diag *diag =
                diag_add(diags, DIAG_ON_CREATE, given->span,
                         "%s is a key of the table: it cannot change after the item is "
                         "made",
                         diag_quote(diags, given->name));
            diag_help(diags, diag, "take it out of 'on_create'");
            ok = false;
        }
    }
    return ok;
}

// A former name is nobody's now, and one entity's then.
static bool check_was(const struct definition *definition, const struct entity *entity,
                      struct diags *diags)
{
    for (size_t i = 0; i < definition->entity_count && entity->was.name.len > 0; i++) {
        const struct entity *other = &definition->entities[i];
        if (str_eq(other->name, entity->was.name)) {
            struct diag *diag =
                diag_add(diags, DIAG_ENTITY_WAS, entity->was.span,
                         other == entity ? "%s is this entity's name still"
                                         : "%s is another entity's name now",
                         diag_quote(diags, entity->was.name));
            diag_related(diags, diag, other->span, "defined here");
            return false;
        }
        if (other < entity && str_eq(other->was.name, entity->was.name)) {
            struct diag *diag = diag_add(diags, DIAG_ENTITY_WAS, entity->was.span,
                                         "two entities cannot both have been %s",
                                         diag_quote(diags, entity->was.name));
            diag_related(diags, diag, other->was.span, "first said here");
            return false;
        }
    }
    return true;
}

static void check_entities(struct definition *out, struct diags *diags)
{
    for (size_t i = 0; i < out->entity_count; i++) {
        struct entity *entity = &out->entities[i];
        bool ok = check_on_create(out, entity, diags);
        ok = check_was(out, entity, diags) && ok;
        entity->broken = entity->broken || !ok;
    }
}

static void read_entities(struct definition *out, const struct node *node,
                          struct arena *arena, struct diags *diags)
{
    if (!is_mapping(node, "entities", diags)) {
        return;
    }
    out->entities = arena_array(arena, node->count, sizeof *out->entities);
    for (size_t i = 0; i < node->count; i++) {
        // A broken one is kept: its templates are looked at all the same.
        entity_read(&out->entities[out->entity_count++], &node->pairs[i], arena, diags);
    }
}

static void read_patterns(struct definition *out, const struct node *node,
                          struct arena *arena, struct diags *diags)
{
    if (!is_mapping(node, "access_patterns", diags)) {
        return;
    }
    out->patterns = arena_array(arena, node->count, sizeof *out->patterns);
    for (size_t i = 0; i < node->count; i++) {
        pattern_read(&out->patterns[out->pattern_count++], &node->pairs[i], arena,
                     diags);
    }
}

void definition_read_paths(struct fixture_pattern **out, size_t *count,
                           const struct node *node, const char *what, const char *one,
                           struct arena *arena, struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        return;
    }
    if (node->kind != NODE_SEQUENCE) {
        struct diag *diag = diag_add(diags, DIAG_WRONG_TYPE, node->span,
                                     "'%s' must be a list of paths, and is %s", what,
                                     node_describe(node));
        diag_help(diags, diag, "write it as [ path ]");
        return;
    }
    *out = arena_array(arena, node->count, sizeof **out);
    for (size_t i = 0; i < node->count; i++) {
        const struct node *item = node->items[i];
        if (item->kind != NODE_SCALAR || node_type(item) != NODE_S ||
            item->text.len == 0) {
            if (!item->poisoned) {
                diag_add(diags, DIAG_WRONG_TYPE, item->span,
                         "%s must be a path, and is %s", one, node_describe(item));
            }
            continue;
        }
        if (bind_check_nul(item, diags)) {
            (*out)[(*count)++] = (struct fixture_pattern){item->text, item->span};
        }
    }
}

bool definition_read(struct definition *out, const struct node *root,
                     const struct source *source, struct arena *arena,
                     struct diags *diags)
{
    size_t errors = diags->errors;
    struct definition_nodes bound = {0};
    *out = (struct definition){.source = source, .root = root};
    bool ok = bind_read(&bound, &DEFINITION_RECORD, root, diags);
    const struct node *name = node_find(root, "table_name");
    bound.table.span = name != NULL ? name->span : root->span;
    ok = table_read(&out->table, &bound.table, arena, diags) && ok;
    ok = (!out->table.external || external_check(root, diags)) && ok;
    if (bound.handles != NULL) {
        out->has_handles = true;
        out->handles_broken =
            !handles_config_read(&out->handles, bound.handles, arena, diags);
        ok = !out->handles_broken && ok;
    }
    out->has_entities =
        bound.entities != NULL &&
        (bound.entities->kind != NODE_MAPPING || bound.entities->count > 0);
    read_entities(out, bound.entities, arena, diags);
    check_entities(out, diags);
    read_patterns(out, bound.access_patterns, arena, diags);
    if (bound.fixtures != NULL && bound.fixtures->kind == NODE_SEQUENCE) {
        out->fixtures_span = bound.fixtures->span;
    }
    definition_read_paths(&out->fixtures, &out->fixture_count, bound.fixtures,
                          "fixtures", "a fixture", arena, diags);
    definition_read_paths(&out->tests, &out->test_count, bound.tests, "tests",
                          "a file of examples", arena, diags);
    return ok && diags->errors == errors;
}
