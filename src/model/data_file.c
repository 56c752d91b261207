// Fixtures of rows and items: nodes enter, typed rows and items leave. What they mean
// for a table is the compile layer's business.
#include "data_file.h"

#include "bind.h"
#include "table_check.h"
#include "typed_json.h"
#include "yaml_read.h"

#include <string.h>

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
    *value = (struct value){
        .type = VALUE_S, .span = node->span, .text = node->text, .is_handle = true};
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
                (struct row_column){pair->key->text, pair->key->span, value};
        }
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

// ---- blocks

#define FIRST_BLOCK ((size_t)4)

// In which block the i-th element is; *at is where. The k-th block takes FIRST_BLOCK <<
// k.
static size_t block_of(size_t i, size_t *at)
{
    size_t block = 0;
    size_t left = i;
    while (left >= FIRST_BLOCK << block) {
        left -= FIRST_BLOCK << block++;
    }
    *at = left;
    return block;
}

struct row *row_at(const struct row_group *group, size_t i)
{
    size_t at = 0;
    const size_t block = block_of(i, &at);
    return &group->blocks[block][at];
}

struct plain_item *item_at(const struct data_file *data, size_t i)
{
    size_t at = 0;
    const size_t block = block_of(i, &at);
    return &data->blocks[block][at];
}

// An array of pointers to blocks with one more, at its end.
static void *block_add(void *blocks, size_t count, size_t size, struct arena *arena)
{
    void **more = arena_array(arena, count + 1, sizeof *more);
    if (count > 0) {
        memcpy(more, blocks, count * sizeof *more);
    }
    more[count] = arena_array(arena, FIRST_BLOCK << count, size);
    return more;
}

struct row *row_add(struct row_group *group, struct arena *arena)
{
    size_t at = 0;
    const size_t block = block_of(group->count, &at);
    if (at == 0) {
        group->blocks = block_add(group->blocks, block, sizeof(struct row), arena);
    }
    group->count++;
    return &group->blocks[block][at];
}

static struct plain_item *item_add(struct data_file *data, struct arena *arena)
{
    size_t at = 0;
    const size_t block = block_of(data->item_count, &at);
    if (at == 0) {
        data->blocks = block_add(data->blocks, block, sizeof(struct plain_item), arena);
    }
    data->item_count++;
    return &data->blocks[block][at];
}

// ---- as they come

struct taker {
    struct data_file *out;
    bool rows; // of the last group; else items
    bool told; // that items are in DynamoDB JSON: one is like the other
    struct arena *arena;
    struct diags *diags;
};

// Lists that read_groups and read_items refuse are not taken.
static bool begin_list(void *context, const struct node *const *keys, size_t depth,
                       const struct node *list)
{
    struct taker *taker = context;
    struct data_file *out = taker->out;
    const bool items = depth == 1 && str_is(keys[0]->text, "items");
    taker->rows = depth == 2 && str_is(keys[0]->text, "rows") && keys[1]->text.len > 0;
    if (list->poisoned || list->tag != NODE_TAG_NONE || (!items && !taker->rows)) {
        return false;
    }
    if (taker->rows) {
        out->groups =
            arena_grow(taker->arena, out->groups, out->group_count,
                       out->group_count + 1, &out->group_cap, sizeof *out->groups);
        out->groups[out->group_count++] =
            (struct row_group){.name = keys[1]->text, .span = keys[1]->span};
    }
    return true;
}

static void take_element(void *context, const struct node *element)
{
    struct taker *taker = context;
    struct data_file *out = taker->out;
    if (taker->rows) {
        struct row_group *group = &out->groups[out->group_count - 1];
        struct row row = {0};
        if (read_row(&row, element, taker->arena, taker->diags)) {
            *row_add(group, taker->arena) = row;
            return;
        }
    } else if (typed_json_is_item(element)) {
        if (!taker->told) {
            report_typed_item(element, taker->diags);
        }
        taker->told = true;
    } else {
        struct plain_item item = {0};
        if (read_item(&item, element, taker->arena, taker->diags)) {
            *item_add(out, taker->arena) = item;
            return;
        }
    }
    out->broken = true;
}

const struct node *data_file_yaml(struct data_file *out, const struct source *source,
                                  struct arena *arena, struct diags *diags)
{
    struct taker taker = {.out = out, .arena = arena, .diags = diags};
    const struct yaml_lists lists = {begin_list, take_element, &taker};
    return yaml_read_lists(source, &lists, arena, diags);
}

// ---- the file

static bool check_groups(const struct node *node, struct diags *diags)
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
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        if (key->text.len == 0) {
            diag_add(diags, DIAG_WRONG_VALUE, key->span, "rows need a name");
            ok = false;
        } else {
            ok = is_list(node->pairs[i].value, "rows", diags) && ok;
        }
    }
    return ok;
}

bool data_file_read(struct data_file *out, const struct node *root, struct diags *diags)
{
    struct data_file_nodes bound = {0};
    bool ok = bind_read(&bound, &DATA_FILE_RECORD, root, diags) && !out->broken;
    if (bound.rows != NULL) {
        ok = check_groups(bound.rows, diags) && ok;
    }
    if (bound.items != NULL && is_list(bound.items, "'items'", diags)) {
        out->items_span = bound.items->span;
    } else {
        ok = ok && bound.items == NULL;
    }
    if (bound.table.node != NULL) {
        out->table = bound.table.text;
        out->table_span = bound.table.node->span;
        ok = table_check_name(out->table, out->table_span, "a table name", diags) && ok;
    }
    return ok;
}
