// `examples`: nodes enter, arguments as text and expected values leave.
#include "example.h"

#include <string.h>

#define DIGITS_MAX 15

struct expect_nodes {
    const struct node *node;
    struct bind_int count;
    struct bind_int scanned_count;
    struct bind_int pages;
    const struct node *units;
    const struct node *keys;
    const struct node *items;
    const struct node *first;
    const struct node *last;
    struct bind_bool exactly;
};

struct example_nodes {
    const struct node *node;
    struct bind_string name;
    const struct node *with;
    const struct node *expect;
};

static const struct shape SCALAR_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&TEXT_SHAPE, &NUMBER_SHAPE, &BOOL_SHAPE)};
static const struct shape SCALARS_SHAPE = {SHAPE_LIST, .of = &SCALAR_SHAPE};
static const struct shape GIVEN_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&SCALAR_SHAPE, &SCALARS_SHAPE)};
static const struct shape WITH_SHAPE = {SHAPE_MAPPING, .of = &GIVEN_SHAPE};
static const struct shape ITEM_SHAPE = {SHAPE_MAPPING, .key = &VALUE_NAME_SHAPE,
                                        .of = &VALUE_SHAPE};
static const struct shape ITEMS_SHAPE = {SHAPE_LIST, .of = &ITEM_SHAPE};

#define COUNT_MAX INT64_C(1000000000000)
#define OFFSET(member) offsetof(struct expect_nodes, member)

static const struct bind_key EXPECT_KEYS[] = {
    {"count", BIND_INT, OFFSET(count), .max = COUNT_MAX,
     .doc = "How many items come back."},
    {"scanned_count", BIND_INT, OFFSET(scanned_count), .max = COUNT_MAX,
     .doc = "How many items are read for them, over all pages."},
    {"pages", BIND_INT, OFFSET(pages), .max = COUNT_MAX,
     .doc = "How many requests that takes."},
    {"consumed_read_units", BIND_NODE, OFFSET(units), .shape = &NUMBER_SHAPE,
     .doc = "What is billed for it, over all pages: halves are the smallest part."},
    {"keys", BIND_NODE, OFFSET(keys), .shape = &ITEMS_SHAPE,
     .doc = "The items' keys, in order."},
    {"items", BIND_NODE, OFFSET(items), .shape = &ITEMS_SHAPE,
     .doc = "Attributes of the items, in order; others may be there, too."},
    {"first", BIND_NODE, OFFSET(first), .shape = &ITEM_SHAPE,
     .doc = "Attributes of the first item."},
    {"last", BIND_NODE, OFFSET(last), .shape = &ITEM_SHAPE,
     .doc = "Attributes of the last item."},
    {"exactly", BIND_BOOL, OFFSET(exactly),
     .doc =
         "true: the attributes of `items`, `first` and `last` are all that there are."},
};
static const struct bind_record EXPECT_RECORD = {
    "what is expected", EXPECT_KEYS, sizeof EXPECT_KEYS / sizeof EXPECT_KEYS[0],
    offsetof(struct expect_nodes, node)};
static const struct shape EXPECT_SHAPE = {SHAPE_RECORD, .record = &EXPECT_RECORD};

static const struct bind_key EXAMPLE_KEYS[] = {
    {"name", BIND_STRING, offsetof(struct example_nodes, name), .shape = &FILLED_SHAPE,
     .doc = "What it is an example of."},
    {"with", BIND_NODE, offsetof(struct example_nodes, with), .shape = &WITH_SHAPE,
     .doc = "Values for the pattern's parameters."},
    {"expect", BIND_NODE, offsetof(struct example_nodes, expect),
     .shape = &EXPECT_SHAPE,
     .doc = "What the answer is to be; `ddbgen test --update` fills it in."},
};
static const struct bind_record EXAMPLE_RECORD = {
    "an example", EXAMPLE_KEYS, sizeof EXAMPLE_KEYS / sizeof EXAMPLE_KEYS[0],
    offsetof(struct example_nodes, node)};
static const struct shape EXAMPLE_SHAPE = {SHAPE_RECORD, .record = &EXAMPLE_RECORD};
const struct shape EXAMPLES_SHAPE = {SHAPE_LIST, .of = &EXAMPLE_SHAPE};

// False (diagnosed): it is no such collection. Absent and poisoned nodes are none.
static bool is_kind(const struct node *node, enum node_kind kind, const char *what,
                    struct diags *diags)
{
    if (node == NULL || node->poisoned || node->kind == kind) {
        return node != NULL && !node->poisoned;
    }
    diag_add(diags, DIAG_WRONG_TYPE, node->span, "%s must be %s, and is %s", what,
             kind == NODE_MAPPING ? "a mapping" : "a list", node_describe(node));
    return false;
}

// ---- what it is asked with

static bool read_given(struct example_argument *out, const struct node *node,
                       struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SCALAR || node_type(node) == NODE_NULL) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span, "parameter %s cannot be %s",
                 diag_quote(diags, out->name), node_describe(node));
        return false;
    }
    out->texts[out->count] = node->text;
    out->spans[out->count++] = node->span;
    return true;
}

static bool read_argument(struct example_argument *out, const struct node_pair *pair,
                          struct arena *arena, struct diags *diags)
{
    const struct node *value = pair->value;
    bool ok = true;
    out->name = pair->key->text;
    out->span = pair->key->span;
    out->at = value->span;
    out->listed = value->kind == NODE_SEQUENCE;
    size_t count = out->listed ? value->count : 1;
    out->texts = arena_array(arena, count, sizeof *out->texts);
    out->spans = arena_array(arena, count, sizeof *out->spans);
    for (size_t i = 0; i < count; i++) {
        ok = read_given(out, out->listed ? value->items[i] : value, diags) && ok;
    }
    return ok;
}

static bool read_with(struct example *out, const struct node *node, struct arena *arena,
                      struct diags *diags)
{
    bool ok = true;
    if (!is_kind(node, NODE_MAPPING, "'with'", diags)) {
        return node == NULL;
    }
    out->with = arena_array(arena, node->count, sizeof *out->with);
    for (size_t i = 0; i < node->count; i++) {
        ok = read_argument(&out->with[out->with_count++], &node->pairs[i], arena,
                           diags) &&
             ok;
    }
    return ok;
}

// ---- what is expected

// Values of which a file holds the bytes are for fixtures.
static bool has_no_files(const struct value *value, struct diags *diags)
{
    bool ok = true;
    if (value->file != NULL) {
        diag_add(diags, DIAG_WRONG_VALUE, value->span,
                 "what is expected cannot be in a file of its own");
        return false;
    }
    for (uint32_t i = 0; value->type == VALUE_L && i < value->count; i++) {
        ok = has_no_files(value->items[i], diags) && ok;
    }
    for (uint32_t i = 0; value->type == VALUE_M && i < value->count; i++) {
        ok = has_no_files(value->entries[i].value, diags) && ok;
    }
    return ok;
}

static bool read_item(struct expected_item *out, const struct node *node,
                      const char *what, struct arena *arena, struct diags *diags)
{
    out->node = node;
    if (!is_kind(node, NODE_MAPPING, what, diags) ||
        !value_read_attributes(&out->attributes, &out->count, node, false, arena,
                               diags)) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < out->count; i++) {
        ok = has_no_files(out->attributes[i].value, diags) && ok;
    }
    return ok;
}

static bool read_one(struct expected_items *out, const struct node *node,
                     const char *what, struct arena *arena, struct diags *diags)
{
    if (node == NULL) {
        return true;
    }
    out->node = node;
    out->count = 1;
    out->items = arena_alloc(arena, sizeof *out->items);
    return read_item(out->items, node, what, arena, diags);
}

static bool read_items(struct expected_items *out, const struct node *node,
                       const char *what, struct arena *arena, struct diags *diags)
{
    bool ok = true;
    if (!is_kind(node, NODE_SEQUENCE, what, diags)) {
        return node == NULL;
    }
    out->node = node;
    out->items = arena_array(arena, node->count, sizeof *out->items);
    for (size_t i = 0; i < node->count; i++) {
        ok = read_item(&out->items[out->count++], node->items[i], "an item", arena,
                       diags) &&
             ok;
    }
    return ok;
}

// "4", "4.5" and "4.0".
static bool parse_half_units(uint64_t *out, struct str text)
{
    size_t dot = str_find_char(text, '.');
    struct str part = str_skip(text, dot);
    uint64_t whole = 0;
    bool ok = dot > 0 && dot <= DIGITS_MAX;
    for (size_t i = 0; ok && i < dot; i++) {
        ok = text.at[i] >= '0' && text.at[i] <= '9';
        whole = whole * 10 + (uint64_t)(text.at[i] - '0');
    }
    bool half = str_is(part, ".5");
    *out = whole * 2 + half;
    return ok && (half || part.len == 0 || str_is(part, ".0"));
}

static bool read_units(struct expectation *out, const struct node *node,
                       struct diags *diags)
{
    if (node == NULL || node->poisoned) {
        return node == NULL;
    }
    out->units_node = node;
    if (node->kind == NODE_SCALAR && node_type(node) == NODE_N &&
        parse_half_units(&out->half_units, node->text)) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_WRONG_VALUE, node->span,
                                 "'consumed_read_units' must be a number of halves");
    diag_help(diags, diag, "such as 4 or 4.5");
    return false;
}

static bool read_expect(struct expectation *out, const struct node *node,
                        struct arena *arena, struct diags *diags)
{
    struct expect_nodes bound = {0};
    bool empty =
        node == NULL || (node->kind == NODE_SCALAR && node_type(node) == NODE_NULL);
    if (empty) {
        return true;
    }
    bool ok = bind_read(&bound, &EXPECT_RECORD, node, diags);
    out->node = bound.node;
    out->count = bound.count;
    out->scanned_count = bound.scanned_count;
    out->pages = bound.pages;
    out->exactly = bound.exactly.value;
    ok = read_units(out, bound.units, diags) && ok;
    ok = read_items(&out->keys, bound.keys, "'keys'", arena, diags) && ok;
    ok = read_items(&out->items, bound.items, "'items'", arena, diags) && ok;
    ok = read_one(&out->first, bound.first, "'first'", arena, diags) && ok;
    return read_one(&out->last, bound.last, "'last'", arena, diags) && ok;
}

static bool read_example(struct example *out, const struct node *node, size_t number,
                         struct arena *arena, struct diags *diags)
{
    struct example_nodes bound = {0};
    bool ok = bind_read(&bound, &EXAMPLE_RECORD, node, diags);
    out->node = node;
    out->span = node->span;
    out->name = bound.name.node != NULL && bound.name.text.len > 0
                    ? bound.name.text
                    : arena_printf(arena, "example %zu", number);
    if (bound.name.node != NULL && bound.name.text.len == 0) {
        diag_add(diags, DIAG_WRONG_VALUE, bound.name.node->span,
                 "'name' must be a text that is not empty");
        ok = false;
    }
    ok = read_with(out, bound.with, arena, diags) && ok;
    out->with_broken =
        bound.node == NULL || (bound.with != NULL && bound.with->kind != NODE_MAPPING);
    return read_expect(&out->expect, bound.expect, arena, diags) && ok;
}

// Two that cannot be told apart.
static bool check_names(const struct example *examples, size_t count,
                        struct arena *arena, struct diags *diags)
{
    struct map names;
    bool ok = true;
    map_init(&names, arena);
    for (size_t i = 0; i < count; i++) {
        bool added = false;
        struct map_entry *entry = map_add(&names, examples[i].name, &added);
        if (added) {
            entry->value = (void *)(uintptr_t)&examples[i];
            continue;
        }
        const struct example *first = entry->value;
        struct diag *diag = diag_add(diags, DIAG_EXAMPLE, examples[i].span,
                                     "two examples of this pattern have the name %s",
                                     diag_quote(diags, examples[i].name));
        diag_related(diags, diag, first->span, "first here");
        ok = false;
    }
    return ok;
}

bool examples_read(struct example **out, size_t *count, const struct node *node,
                   struct arena *arena, struct diags *diags)
{
    bool ok = true;
    if (!is_kind(node, NODE_SEQUENCE, "'examples'", diags)) {
        return false;
    }
    *out = arena_array(arena, node->count, sizeof **out);
    for (size_t i = 0; i < node->count; i++) {
        struct example *example = &(*out)[(*count)++];
        example->broken = !read_example(example, node->items[i], i + 1, arena, diags);
        ok = ok && !example->broken;
    }
    return check_names(*out, *count, arena, diags) && ok;
}
