// The section `handles`. In: its node. Out: a struct handles_config.
#include "handles_config.h"

#include "bind.h"
#include "env_ref.h"
#include "users.h"

struct postgres_keys {
    const struct node *at;
    struct bind_string url;
    struct bind_string query;
};

// Strings that need no server to be refused; a url may be a connection string too.
static const struct shape URL_SHAPE = {
    SHAPE_ANY_OF, .choices = SHAPES(&ENV_REF_SHAPE, &ENV_FREE_SHAPE)};
static const struct shape QUERY_SHAPE = {
    SHAPE_STRING, .min = 1,
    .pattern = "^(?![^\\u0000]*\\$\\{env\\.)[^\\u0000]*\\$1[^\\u0000]*$"};

static const struct bind_key POSTGRES_KEYS[] = {
    {.name = "url",
     .kind = BIND_STRING,
     .offset = offsetof(struct postgres_keys, url),
     .shape = &URL_SHAPE,
     .doc = "A connection url, or ${env.NAME}; without it libpq's own variables."},
    {.name = "query",
     .kind = BIND_STRING,
     .offset = offsetof(struct postgres_keys, query),
     .shape = &QUERY_SHAPE,
     .doc = "A statement with one parameter: $1, a text[] of handles."},
};

static const struct bind_record POSTGRES_RECORD = {
    "handles.postgres",
    POSTGRES_KEYS,
    sizeof POSTGRES_KEYS / sizeof POSTGRES_KEYS[0],
    offsetof(struct postgres_keys, at),
};

struct handles_keys {
    const struct node *at;
    struct bind_string file;
    const struct node *postgres;
    const struct node *columns;
};

static const struct shape POSTGRES_SHAPE = {
    SHAPE_ANY_OF,
    .choices = SHAPES(
        &(const struct shape){SHAPE_RECORD, .record = &POSTGRES_RECORD},
        &(const struct shape){SHAPE_NULL, .doc = "Where libpq's own variables say."})};
static const struct shape COLUMNS_SHAPE = {SHAPE_LIST, .of = &FILLED_SHAPE,
                                           .max = USERS_MAX_COLUMNS, .has = "handle",
                                           .distinct = true};

static const struct bind_key HANDLES_KEYS[] = {
    {.name = "file",
     .kind = BIND_STRING,
     .offset = offsetof(struct handles_keys, file),
     .shape = &ENV_FREE_SHAPE,
     .doc = "A file of handles, relative to the file that names it."},
    {.name = "postgres",
     .kind = BIND_NODE,
     .offset = offsetof(struct handles_keys, postgres),
     .shape = &POSTGRES_SHAPE,
     .doc = "Handles come from Postgres."},
    {.name = "columns",
     .kind = BIND_NODE,
     .offset = offsetof(struct handles_keys, columns),
     .shape = &COLUMNS_SHAPE,
     .doc = "Declares the columns, for checks without a server."},
};

static const struct bind_record HANDLES_RECORD = {
    "handles",
    HANDLES_KEYS,
    sizeof HANDLES_KEYS / sizeof HANDLES_KEYS[0],
    offsetof(struct handles_keys, at),
};

const struct shape HANDLES_SHAPE = {SHAPE_RECORD, .name = "handles",
                                    .record = &HANDLES_RECORD};

static bool read_file(struct handles_config *out, const struct bind_string *file,
                      struct arena *arena, struct diags *diags)
{
    if (file->node == NULL) {
        return true;
    }
    out->file_span = file->node->span;
    if (!env_ref_refuse(file->text, out->file_span, diags)) {
        return false;
    }
    out->file = arena_str(arena, file->text);
    return true;
}

// A literal url or connection string may hold a password; a reference never does.
static struct span secretive_span(const struct bind_string *url)
{
    struct str name;

    if (env_ref_find(&name, url->text) == ENV_REF_WHOLE) {
        return url->node->span;
    }
    return source_span_file(url->node->span.source);
}

static bool read_url(struct handles_config *out, const struct bind_string *url,
                     struct arena *arena, struct diags *diags)
{
    if (url->node == NULL) {
        return true;
    }
    out->url_span = secretive_span(url);
    if (!env_ref_check_whole(url->text, out->url_span, diags)) {
        return false;
    }
    out->url = arena_str(arena, url->text);
    return true;
}

static bool read_query(struct handles_config *out, const struct bind_string *query,
                       struct arena *arena, struct diags *diags)
{
    if (query->node == NULL) {
        return true;
    }
    out->query_span = query->node->span;
    if (!env_ref_refuse(query->text, out->query_span, diags)) {
        return false;
    }
    if (str_find(query->text, STR("$1")) == query->text.len) {
        struct diag *diag = diag_add(diags, DIAG_HANDLE_QUERY, out->query_span,
                                     "the query has no parameter $1");
        diag_help(diags, diag, "select the handles: WHERE handle = ANY($1::text[])");
        return false;
    }
    out->query = arena_str(arena, query->text);
    return true;
}

static bool read_postgres(struct handles_config *out, const struct node *node,
                          struct arena *arena, struct diags *diags)
{
    struct postgres_keys keys = {0};

    if (node == NULL) {
        return true;
    }
    out->postgres = true;
    if (!node->poisoned && node->kind == NODE_SCALAR && node_type(node) == NODE_NULL) {
        return true;
    }
    bool good = bind_read(&keys, &POSTGRES_RECORD, node, diags);
    good = read_url(out, &keys.url, arena, diags) && good;
    return read_query(out, &keys.query, arena, diags) && good;
}

static bool read_column(struct handles_config *out, const struct node *node,
                        struct arena *arena, struct diags *diags)
{
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SCALAR || node_type(node) != NODE_S || node->text.len == 0) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "a column is %s, and must be its name", node_describe(node));
        return false;
    }
    for (size_t i = 0; i < out->column_count; i++) {
        if (str_eq(out->columns[i], node->text)) {
            diag_add(diags, DIAG_WRONG_VALUE, node->span, "the column %s stands twice",
                     diag_quote(diags, node->text));
            return false;
        }
    }
    out->columns[out->column_count++] = arena_str(arena, node->text);
    return true;
}

static bool read_columns(struct handles_config *out, const struct node *node,
                         struct arena *arena, struct diags *diags)
{
    bool good = true;
    bool handle = false;
    if (node == NULL) {
        return true;
    }
    if (node->poisoned) {
        return false;
    }
    if (node->kind != NODE_SEQUENCE) {
        diag_add(diags, DIAG_WRONG_TYPE, node->span,
                 "'columns' is %s, and must be a list", node_describe(node));
        return false;
    }
    if (node->count > USERS_MAX_COLUMNS) {
        diag_add(diags, DIAG_WRONG_VALUE, node->span,
                 "'columns' has %zu columns, and may have %d", (size_t)node->count,
                 USERS_MAX_COLUMNS);
        return false;
    }
    out->columns = arena_array(arena, node->count + 1, sizeof *out->columns);
    for (size_t i = 0; i < node->count; i++) {
        good = read_column(out, node->items[i], arena, diags) && good;
    }
    for (size_t i = 0; i < out->column_count; i++) {
        handle = handle || str_is(out->columns[i], "handle");
    }
    if (good && !handle) {
        diag_add(diags, DIAG_WRONG_VALUE, node->span,
                 "'columns' lacks the column 'handle'");
        good = false;
    }
    return good;
}

bool handles_config_read(struct handles_config *out, const struct node *node,
                         struct arena *arena, struct diags *diags)
{
    struct handles_keys keys = {0};

    *out = (struct handles_config){0};
    bool good = bind_read(&keys, &HANDLES_RECORD, node, diags);
    good = read_file(out, &keys.file, arena, diags) && good;
    good = read_postgres(out, keys.postgres, arena, diags) && good;
    return read_columns(out, keys.columns, arena, diags) && good;
}
