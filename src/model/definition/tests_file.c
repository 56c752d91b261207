// A document enters, fixtures' paths and examples by their patterns leave.
#include "tests_file.h"

#include "bind.h"

struct tests_nodes {
    const struct node *node;
    const struct node *fixtures;
    const struct node *examples;
};

static const struct shape FIXTURES_SHAPE = {SHAPE_LIST, .of = &FILLED_SHAPE};
static const struct shape GROUPS_SHAPE = {SHAPE_MAPPING, .of = &EXAMPLES_SHAPE};

static const struct bind_key TESTS_KEYS[] = {
    {"fixtures", BIND_NODE, offsetof(struct tests_nodes, fixtures),
     .shape = &FIXTURES_SHAPE,
     .doc = "Paths and globs of what the examples ask, relative to this file; without "
            "it, the definition's fixtures."},
    {"examples", BIND_NODE, offsetof(struct tests_nodes, examples), .required = true,
     .shape = &GROUPS_SHAPE, .doc = "Examples, by the access pattern."},
};
static const struct bind_record TESTS_RECORD = {
    "a file of examples", TESTS_KEYS, sizeof TESTS_KEYS / sizeof TESTS_KEYS[0],
    offsetof(struct tests_nodes, node)};
const struct shape TESTS_FILE_SHAPE = {SHAPE_RECORD, .record = &TESTS_RECORD};

static bool read_groups(struct tests_file *out, const struct node *node,
                        struct arena *arena, struct diags *diags)
{
    bool ok = true;
    if (node == NULL || node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'examples' must be a mapping from access patterns, and is %s",
                 node_describe(node));
        return false;
    }
    out->groups = arena_array(arena, node->count, sizeof *out->groups);
    for (size_t i = 0; i < node->count; i++) {
        struct tests_of *group = &out->groups[out->group_count++];
        group->pattern = node->pairs[i].key->text;
        group->span = node->pairs[i].key->span;
        ok = examples_read(&group->examples, &group->count, node->pairs[i].value, arena,
                           diags) &&
             ok;
    }
    return ok;
}

bool tests_file_read(struct tests_file *out, const struct node *root,
                     const struct source *source, struct arena *arena,
                     struct diags *diags)
{
    struct tests_nodes bound = {0};
    *out = (struct tests_file){.source = source, .root = root};
    bool ok = bind_read(&bound, &TESTS_RECORD, root, diags);
    if (bound.fixtures != NULL) {
        size_t errors = diags->errors;
        out->has_fixtures = true;
        definition_read_paths(&out->fixtures, &out->fixture_count, bound.fixtures,
                              "fixtures", "a fixture", arena, diags);
        ok = ok && diags->errors == errors;
    }
    return read_groups(out, bound.examples, arena, diags) && ok;
}
