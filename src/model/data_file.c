// Fixtures of rows and items: nodes enter, typed rows and items leave. What they mean
// for a table is the compile layer's business.
#include "data_file.h"

#include "bind.h"
#include "table_check.h"
#include "typed_json.h"

struct data_file_nodes {
    const struct node *node;
    const struct node *rows;
    const struct node *items;
    struct bind_string table;
};

static const struct shape ROW_SHAPE = {SHAPE_MAPPING, .of = &VALUE_SHAPE, .min = 1};
static const struct shape GROUP_SHAPE = {SHAPE_LIST, .of = &ROW_SHAPE, .min = 1};
static const struct shape ROWS_SHAPE = {SHAPE_MAPPING, .key = &FILLED_SHAPE,
                                        .of = &GROUP_SHAPE, .min = 1};
static const struct shape ITEM_SHAPE = {SHAPE_MAPPING, .key = &VALUE_NAME_SHAPE,
                                        .of = &VALUE_SHAPE, .min = 1};
static const struct shape ITEMS_SHAPE = {SHAPE_LIST, .of = &ITEM_SHAPE, .min = 1};

static const struct bind_key DATA_FILE_KEYS[] = {
    {"rows", BIND_NODE, offsetof(struct data_file_nodes, rows), .shape = &ROWS_SHAPE,
     .doc = "Lists of rows by name: each feeds the entities with that for_each."},
    {"items", BIND_NODE, offsetof(struct data_file_nodes, items), .shape = &ITEMS_SHAPE,
     .doc = "Items as they are, without an entity."},
    {"table", BIND_STRING, offsetof(struct data_file_nodes, table),
     .shape = &TABLE_NAME_SHAPE, .doc = "The items' table, where a run has several."},
};

static const struct bind_record DATA_FILE_RECORD = {
    "the fixture", DATA_FILE_KEYS, sizeof DATA_FILE_KEYS / sizeof DATA_FILE_KEYS[0],
    offsetof(struct data_file_nodes, node)};

const struct shape DATA_FILE_SHAPE = {SHAPE_RECORD, .record = &DATA_FILE_RECORD};

bool data_file_is(const struct node *root)
{
    return node_find(root, "rows") != NULL || node_find(root, "items") != NULL;
}

// A value that is a list of at least one mapping. The mappings themselves are checked
// one by one.
static bool is_list(const struct node *node, const char *what, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SEQUENCE || node->count == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "%s must be a list of mappings, and is %s", what,
                 node->kind == NODE_SEQUENCE ? "empty" : node_describe(node));
        return false;
    }
    if (node->tag != NODE_TAG_NONE) {
        diag_add(diags, DIAG_YAML_TAG, node->span, "%s take no tag", what);
        return false;
    }
    return true;
}

static bool is_record(const struct node *node, const char *what, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING || node->count == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span, "%s must be a mapping, and is %s",
                 what, node->kind == NODE_MAPPING ? "empty" : node_describe(node));
        return false;
    }
    if (node->tag != NODE_TAG_NONE) {
        diag_add(diags, DIAG_YAML_TAG, node->span, "%s takes no tag", what);
        return false;
    }
    return true;
}

// What is written in DynamoDB JSON is a map of one entry: said once for a row or an
// item.
static void warn_typed_json(const struct node *mapping, struct diags *diags)
{
    for (size_t i = 0; i < mapping->count; i++) {
        const struct node *value = mapping->pairs[i].value;
        if (!typed_json_is_value(value)) {
            continue;
        }
        struct diag *diag =
            diag_add(diags, DIAG_DYNAMODB_JSON, value->pairs[0].key->span,
                     "this is DynamoDB JSON, and here a map with one entry, %.*s",
                     STR_ARG(value->pairs[0].key->text));
        diag_help(diags, diag,
                  "write the value itself, as in 'qty: 5'; allow it where the map is "
                  "meant");
        return;
    }
}

// ---- rows

static struct value *read_handle(const struct node *node, struct arena *arena,
                                 struct diags *diags)
{
    if (node->kind != NODE_SCALAR || node->text.len == 0) {
        diag_add(diags, DIAG_YAML_TAG, node->span,
                 "!handle stands before a handle, not before %s",
                 node->kind == NODE_SCALAR ? "nothing" : node_describe(node));
        return NULL;
    }
    if (!bind_check_control(node, diags)) {
        return NULL;
    }
    struct value *value = arena_alloc(arena, sizeof *value);
    *value = (struct value){.type = VALUE_S, .span = node->span, .text = node->text};
    return value;
}

static bool read_row(struct row *out, const struct node *node, struct arena *arena,
                     struct diags *diags)
{
    if (!is_record(node, "a row", diags)) {
        return false;
    }
    warn_typed_json(node, diags);
    out->span = node->span;
    out->columns = arena_array(arena, node->count, sizeof *out->columns);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node_pair *pair = &node->pairs[i];
        bool handle = pair->value->tag == NODE_TAG_HANDLE && !pair->value->poisoned;
        struct value *value = handle ? read_handle(pair->value, arena, diags)
                                     : value_read(pair->value, false, arena, diags);
        ok = ok && value != NULL;
        if (value != NULL) {
            out->columns[out->count++] =
                (struct row_column){pair->key->text, pair->key->span, value, handle};
        }
    }
    return ok;
}

static bool read_group(struct row_group *out, const struct node_pair *pair,
                       struct arena *arena, struct diags *diags)
{
    out->name = pair->key->text;
    out->span = pair->key->span;
    if (out->name.len == 0) {
        diag_add(diags, DIAG_WRONG_VALUE, out->span, "rows need a name");
        return false;
    }
    if (!is_list(pair->value, "rows", diags)) {
        return false;
    }
    out->rows = arena_array(arena, pair->value->count, sizeof *out->rows);
    bool ok = true;
    for (size_t i = 0; i < pair->value->count; i++) {
        struct row *row = &out->rows[out->count];
        if (read_row(row, pair->value->items[i], arena, diags)) {
            out->count++;
        } else {
            *row = (struct row){0};
            ok = false;
        }
    }
    return ok;
}

static bool read_groups(struct data_file *out, const struct node *node,
                        struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_MAPPING || node->count == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'rows' must be a mapping from names to lists, and is %s",
                 node->kind == NODE_MAPPING ? "empty" : node_describe(node));
        return false;
    }
    out->groups = arena_array(arena, node->count, sizeof *out->groups);
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        struct row_group *group = &out->groups[out->group_count++];
        ok = read_group(group, &node->pairs[i], arena, diags) && ok;
    }
    return ok;
}

const struct row_column *row_find(const struct row *row, struct str name)
{
    for (size_t i = 0; i < row->count; i++) {
        if (str_eq(row->columns[i].name, name)) {
            return &row->columns[i];
        }
    }
    return NULL;
}

// ---- items

static bool read_item(struct plain_item *out, const struct node *node,
                      struct arena *arena, struct diags *diags)
{
    if (!is_record(node, "an item", diags)) {
        return false;
    }
    warn_typed_json(node, diags);
    out->span = node->span;
    return value_read_attributes(&out->attributes, &out->count, node, false, arena,
                                 diags);
}

// No key is a map, so such an item is in no table.
static void report_typed_item(const struct node *node, struct diags *diags)
{
    struct diag *diag =
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "items are written in DynamoDB JSON, which is not read");
    diag_help(diags, diag, "write values as they are: { pk: A, qty: 5, open: true }");
}

static bool read_items(struct data_file *out, const struct node *node,
                       struct arena *arena, struct diags *diags)
{
    if (!is_list(node, "'items'", diags)) {
        return false;
    }
    out->items_span = node->span;
    out->items = arena_array(arena, node->count, sizeof *out->items);
    bool ok = true;
    bool told = false; // that items are in DynamoDB JSON: one is like the other
    for (size_t i = 0; i < node->count; i++) {
        if (typed_json_is_item(node->items[i])) {
            if (!told) {
                report_typed_item(node->items[i], diags);
            }
            told = true;
            ok = false;
            continue;
        }
        if (read_item(&out->items[out->item_count], node->items[i], arena, diags)) {
            out->item_count++;
        } else {
            ok = false;
        }
    }
    return ok;
}

bool data_file_read(struct data_file *out, const struct node *root, struct arena *arena,
                    struct diags *diags)
{
    struct data_file_nodes bound = {0};
    *out = (struct data_file){0};
    bool ok = bind_read(&bound, &DATA_FILE_RECORD, root, diags);
    if (bound.rows != NULL) {
        ok = read_groups(out, bound.rows, arena, diags) && ok;
    }
    if (bound.items != NULL) {
        ok = read_items(out, bound.items, arena, diags) && ok;
    }
    if (bound.table.node != NULL) {
        out->table = bound.table.text;
        out->table_span = bound.table.node->span;
        ok = table_check_name(out->table, out->table_span, "a table name", diags) && ok;
    }
    return ok;
}
