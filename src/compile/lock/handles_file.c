// A handles file: YAML (so JSON too) enters, users leave.
#include "handles_file.h"

#include "node.h"
#include "yaml_read.h"

// A record's values are the columns' texts.
static const struct shape COLUMN_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(&TEXT_SHAPE, &NUMBER_SHAPE, &BOOL_SHAPE, &NULL_SHAPE)};
static const struct shape LISTED_SHAPE = {SHAPE_MAPPING, .of = &COLUMN_SHAPE, .min = 1,
                                          .max = USERS_MAX_COLUMNS, .has = "handle"};
static const struct shape KEYED_SHAPE = {SHAPE_MAPPING, .of = &COLUMN_SHAPE, .min = 1,
                                         .max = USERS_MAX_COLUMNS};

const struct shape HANDLES_FILE_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(&(const struct shape){SHAPE_LIST, .of = &LISTED_SHAPE},
                      &(const struct shape){SHAPE_MAPPING, .of = &KEYED_SHAPE})};

struct file_reader {
    struct users *users;
    struct arena *arena;
    struct diags *diags;
};

static bool refuse(struct file_reader *reader, struct span span, const char *why)
{
    struct diag *diag = diag_add(reader->diags, DIAG_HANDLE_FILE, span, "%s", why);
    diag_help(reader->diags, diag,
              "write '- {handle: bayko, uuid: ..., display_name: ...}' for each user");
    return false;
}

static bool add_column(struct file_reader *reader, struct str name, struct span span)
{
    struct users *users = reader->users;
    if (users->column_count == USERS_MAX_COLUMNS) {
        return refuse(reader, span, "a record has too many columns");
    }
    users->columns[users->column_count++] = name;
    return true;
}

// The columns are those of the first record.
static bool read_columns(struct file_reader *reader, const struct node *record,
                         bool keyed)
{
    bool has_handle = keyed && node_find(record, "handle") == NULL;
    if (has_handle && !add_column(reader, STR("handle"), record->span)) {
        return false;
    }
    for (size_t i = 0; i < record->count; i++) {
        const struct node *key = record->pairs[i].key;
        has_handle = has_handle || str_is(key->text, "handle");
        if (!add_column(reader, key->text, key->span)) {
            return false;
        }
    }
    return has_handle ||
           refuse(reader, record->span, "the record has no column 'handle'");
}

static bool read_field(struct file_reader *reader, struct user_field *out,
                       const struct node *node)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SCALAR) {
        return refuse(reader, node->span, "a column's value must be a scalar");
    }
    *out =
        (struct user_field){.null = node_type(node) == NODE_NULL, .text = node->text};
    return true;
}

// Whose record it is, right or wrong; empty where it does not say so.
static struct str handle_of(const struct node *record, const struct node *handle_key)
{
    const struct node *handle = handle_key != NULL ? handle_key
                                : record->kind == NODE_MAPPING
                                    ? node_find(record, "handle")
                                    : NULL;
    bool readable = handle != NULL && !handle->poisoned &&
                    handle->kind == NODE_SCALAR && node_type(handle) != NODE_NULL;
    return readable ? handle->text : (struct str){0};
}

// True when a record before it has the same handle, which is diagnosed.
static bool stands_twice(struct file_reader *reader, const struct node *record,
                         struct str handle)
{
    const struct span *first = users_find_place(reader->users, handle);
    if (first == NULL) {
        return false;
    }
    struct diag *diag =
        diag_add(reader->diags, DIAG_HANDLE_TWICE, record->span,
                 "handle %s stands twice", diag_quote(reader->diags, handle));
    diag_related(reader->diags, diag, *first, "first here");
    return true;
}

// The values of a record, one for each column.
static bool read_fields(struct file_reader *reader, struct user_field *fields,
                        const struct node *record, const struct node *handle_key)
{
    struct users *users = reader->users;
    bool ok = true;
    for (size_t i = 0; i < record->count; i++) {
        const struct node_pair *pair = &record->pairs[i];
        size_t column = users_find_column(users, pair->key->text);
        if (column == users->column_count) {
            diag_add_once(reader->diags, DIAG_HANDLE_FILE, pair->key->span,
                          "the first record has no column %s",
                          diag_quote(reader->diags, pair->key->text));
            map_add(&users->strange, pair->key->text, NULL)->value = users;
            ok = false;
        } else {
            ok = read_field(reader, &fields[column], pair->value) && ok;
        }
    }
    for (size_t i = 0; ok && i < users->column_count; i++) {
        bool implied = handle_key != NULL && str_is(users->columns[i], "handle");
        if (fields[i].text.at == NULL && !fields[i].null && !implied) {
            diag_add(reader->diags, DIAG_HANDLE_FILE, record->span,
                     "the record has no column %s",
                     diag_quote(reader->diags, users->columns[i]));
            ok = false;
        }
    }
    return ok;
}

static bool read_record(struct file_reader *reader, const struct node *record,
                        const struct node *handle_key)
{
    struct users *users = reader->users;
    struct user_field fields[USERS_MAX_COLUMNS] = {0};
    struct str known = handle_of(record, handle_key);
    bool twice = known.len > 0 && stands_twice(reader, record, known);
    if (!read_fields(reader, fields, record, handle_key) || twice) {
        return false;
    }
    struct user_field *handle = &fields[users_find_column(users, STR("handle"))];
    if (handle_key != NULL) {
        *handle = (struct user_field){.text = handle_key->text};
    }
    if (handle->null || handle->text.len == 0) {
        return refuse(reader, record->span, "the record's handle is empty");
    }
    struct user *user = users_add(users, handle->text, fields);
    if (user != NULL) {
        user->span = record->span;
    }
    return user != NULL;
}

static bool read_entry(struct file_reader *reader, const struct node *record,
                       const struct node *handle_key)
{
    if (record->poisoned) {
        return false;
    }
    if (record->kind != NODE_MAPPING || record->count == 0) {
        return refuse(reader, record->span, "a record must be a mapping of columns");
    }
    if (reader->users->column_count == 0 &&
        !read_columns(reader, record, handle_key != NULL)) {
        reader->users->column_count = 0;
        return false;
    }
    return read_record(reader, record, handle_key);
}

// What is wrong with a record is not to make its handle unknown.
static void lose_record(struct users *users, const struct node *record,
                        const struct node *handle_key)
{
    struct str handle = handle_of(record, handle_key);
    if (handle.len == 0) {
        users->lost_others = true;
    } else if (users_find_place(users, handle) == NULL) {
        users_lose(users, handle, record->span);
    }
}

// True when YAML took all of the file, but for keys that stand twice: their first value
// is there.
static bool is_whole(const struct diags *diags, size_t from)
{
    bool whole = diags->dropped == 0;
    for (size_t i = from; i < diags->count && whole; i++) {
        whole = diags->kept[i].severity != DIAG_ERROR ||
                diags->kept[i].code == DIAG_DUPLICATE_KEY;
    }
    return whole;
}

bool handles_file_read(struct users *users, const struct yaml_file *file,
                       struct arena *arena, struct diags *diags)
{
    users->lost_columns = true; // until some are
    users->lost_others = true;
    // What YAML refused of a record is missing from it: the file as a whole is wrong.
    size_t errors = diags->errors;
    size_t before = diags->count;
    const struct source *source = yaml_source_read(file, arena, diags);
    const struct node *root = source ? yaml_read(source, arena, diags) : NULL;
    if (root == NULL) {
        return false;
    }
    struct file_reader reader = {users, arena, diags};
    users->origin =
        file_descriptor_of(file->path) >= 0 ? STR(SOURCE_STDIN) : source->name;
    if (root->kind == NODE_SCALAR) {
        return refuse(&reader, root->span, "a handles file is a list of records");
    }
    users->lost_columns = !is_whole(diags, before);
    users->lost_others = users->lost_columns;
    for (size_t i = 0; i < root->count; i++) {
        bool mapping = root->kind == NODE_MAPPING;
        const struct node *record = mapping ? root->pairs[i].value : root->items[i];
        const struct node *handle_key = mapping ? root->pairs[i].key : NULL;
        if (read_entry(&reader, record, handle_key)) {
            continue;
        }
        lose_record(users, record, handle_key);
        if (users->column_count == 0) { // every record would repeat the mistake
            users->lost_columns = true;
            users->lost_others = true;
            return false;
        }
    }
    return diags->errors == errors;
}
